/** The words of lost-phone cases in the console, which staff alone read. */

/** The list and the statistics. */
export const consoleCases = {
  title: "Recovery cases",
  lead: "The oldest first: those at the top have kept their person waiting for longest.",
  filter: "State",
  show: "Show",
  all: "All that are open",
  case: "Case",
  why: "What happened",
  flagsHead: "Risk flags",
  noFlags: "none",
  state: "State",
  waited: "Waiting for",
  ended: "Ended",
  started: "prepared by staff",
  next: "The next {count}",
  nextEnded: "The {count} before",
  first: "Back to the first",
  pages: "Pages of cases",
  unknown: "There is no case with this reference. Check it and try again.",
  emptyTitle: "No recovery case is open",
  emptyText:
    "A person who lost a phone requests a recovery on the sign-in page, with password and e-mail, and then it stands here. When someone reaches you another way, prepare a case on the page of their account. All staff get an e-mail when a case has waited for more than a day.",
  emptyStateTitle: "No case is in this state",
  emptyStateText: "Choose another state to see other cases.",
  figures: "In figures",
  openByAge: "Age of open cases",
  openByAgeSum: "{count} open",
  recovered: "Days to recovery (last 90 days)",
  recoveredSum: "{count} recovered, median {hours} hours",
  recoveredNone: "No case was recovered in the last 90 days",
  outcomes: "How cases ended (last 90 days)",
  outcomesSum: "{count} ended",
  table: "The figures as a table",
  kind: "Group",
  count: "Cases",
  under_1: "up to 1 day",
  under_2: "up to 2 days",
  under_3: "up to 3 days",
  under_4: "up to 4 days",
  under_7: "up to 7 days",
  over_7: "over 7 days",
  hours: "{hours} h {minutes} min",
  days: "{days} d {hours} h",
};

/** The states of a case, as a badge says them. */
export const consoleCaseStates = {
  requested: "to be reviewed",
  unproven: "waits for the person",
  reviewed: "to be approved",
  waiting: "in its wait",
  frozen: "frozen",
  ready: "open to its person",
  done: "recovered",
  rejected: "rejected",
  cancelled: "cancelled",
  expired: "expired",
};

/** What happened to the phone. */
export const consoleCaseReasons = {
  lost: "lost",
  stolen: "stolen",
  new_contract: "new contract",
  number_given_up: "number given up",
  other: "other",
};

/** What makes the wait longer, in the order of the page. */
export const consoleCaseFlags = {
  unknown_browser: "Requested with a browser that the account does not know",
  other_country: "Requested from a country not seen for 90 days",
  recent_change: "Password, address or factor changed within 7 days",
  young_account: "Account younger than 7 days",
  second_request: "Second request within 30 days",
  one_administrator: "Approved by the only administrator",
};

/** What a reviewer can have checked. */
export const consoleCaseChecks = {
  history: "What happened fits what the account did before",
  notices: "The notices went to where the owner reads them",
  called_back: "We asked for the number, found the account by it, and called it",
  records: "What the person says fits our own records",
};

/** Reasons to choose from; each can be changed before it is used. */
export const consoleCaseTemplates = {
  review_1: "The person reached us, and what they said fits our records",
  review_2: "We found the account by the number that the person told us, called it, and no one answered",
  approve_1: "I read the review, and nothing before the request looks odd",
  approve_2: "The notices arrived, and no one stopped the request",
  end_1: "The owner told us that the request is not theirs",
  end_2: "We could not make sure who the person is",
  end_3: "What the request says does not fit our records",
  end_4: "The person told us that the phone was found",
  resume_1: "We made sure with the owner that it was not the owner who stopped it",
};
