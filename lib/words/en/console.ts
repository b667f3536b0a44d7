/** The words of the console, which staff alone read. */

/** Why staff may not do an act. */
export const staffReasons = {
  role: "Your role does not allow this.",
  own_account: "You cannot do this to your own account. A colleague does it.",
  own_review: "You reviewed this case. Another administrator approves it.",
  new_administrator: "An administrator approves nothing for the first 72 hours.",
  not_proven: "The person has not proven password and e-mail address yet. Nothing goes on until then.",
  other_state: "This case has moved on meanwhile. Open the page again.",
  frozen: "The stop code of a text has frozen this case. Decide first whether it goes on or is cancelled.",
  no_change: "It is so already. Nothing was changed.",
};
