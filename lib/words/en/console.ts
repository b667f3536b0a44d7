/** The words of the console, which staff alone read. */

/** Why staff may not do an act. */
export const staffReasons = {
  role: "Your role does not allow this.",
  own_account: "You cannot do this to your own account. A colleague does it.",
  own_review: "You reviewed this case. Another administrator approves it.",
  new_administrator: "An administrator approves nothing for the first 72 hours.",
  not_proven: "The person has not proven password and e-mail address yet. Nothing goes on until then.",
  other_state: "This case has moved on meanwhile. Open the page again.",
  frozen: "This case is frozen. Decide first whether it goes on or is cancelled.",
  facts_open: "Facts that must hold before the public can sign up are still open. See “Go live” in the set-up guide.",
  no_change: "It is so already. Nothing was changed.",
  too_many: "No more can be added. Remove one that is not used first.",
  too_few_accounts: "There are too few usable message services. Enter a second one on the page of the message services.",
};

/** The frame of the console. */
export const consoleFrame = {
  title: "Console",
  search: "Find accounts, cases and messages",
  searchHint: "Address, phone number or reference",
  find: "Find",
  toRooms: "To the list of rooms",
  rooms: "Rooms of the console",
  waiting: " waiting",
  overview: "Overview",
  users: "Accounts",
  cases: "Cases",
  messages: "Messages",
  abuse: "Signs of abuse",
  usage: "Usage and cost",
  health: "Health",
  audit: "Audit",
  providers: "Message services",
  setup: "Set-up",
  keys_room: "API keys",
  events: "Events",
  texts: "Wording",
  policy: "Policy",
  people: "People",
  clients: "Services",
  support: "support",
  administrator: "administrator",
  actsUntil: "Acts are open until {time}",
  actsClosed: "Acts ask for an ID check",
  gateLead: "Before you act, prove yourself with an authenticator app or a passkey. Acts are open for ten minutes then.",
  enterTitle: "Enter the console",
  enterLead: "The console is for those who proved themselves with a passkey or an authenticator app. A text alone does not open it.",
  keys: "Keyboard",
  keysText:
    "“/” goes to the search; “g” and then o overview, u accounts, c cases, m messages, b abuse, y usage, h health, a audit, p policy, s people.",
  keysUse: "Use these keys",
};
