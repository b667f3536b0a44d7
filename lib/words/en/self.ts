import type * as ja from "../ja/self.ts";

/** The words of what a person does with their own account: data, deletion. */
export const data = {
  title: "Data and deletion",
  export: "Get your data",
  exportLead:
    "Everything that is kept about this account, in one file (JSON). Your phone numbers are written out in full. Your password, and verification codes and recovery codes that still work, are not in it.",
  download: "Get the file",
  proveExport: "Confirm that it is you before you get your data",
  proveDelete: "Confirm that it is you before you delete your account",
  delete: "Delete your account",
  deleteLead:
    "Thirty days after you ask for it, the account and everything that is kept about it are deleted. Until then you can take it back.",
  deleteHint:
    "We remind you by e-mail seven days and one day before. Once it is deleted, nothing can be restored. You can register again with the same e-mail address and phone number.",
  ask: "Delete my account in 30 days",
  asked: "Your account will be deleted. We told you by e-mail as well.",
  deleteAt: "This account will be deleted: {time}.",
  meanwhile: "Until then you can sign in and use it as before. To keep it, take the deletion back.",
  keep: "Keep my account",
  kept: "The deletion was taken back. You can go on using your account as before.",
} satisfies typeof ja.data;

/** The callouts of the account pages. */
export const callouts = {
  more: "More",
  emailRefusedTitle: "Our e-mails do not reach you",
  emailRefused:
    "The server of {email} refused an e-mail from us. Notices, and e-mails for a new password, do not reach you. Please change your e-mail address or add a second one.",
  changeEmail: "Change or add an e-mail address",
  askCodesTitle: "Do you still have your recovery codes?",
  askCodes: "You need them when your phone cannot be used. Please check where you keep them. If they are gone, make new ones.",
  codesThere: "I have them",
  codesNew: "Make new ones",
  doubtedTitle: "A phone number needs to be confirmed",
  doubted:
    "The phone number ending in {digits} was not used for half a year, a text to it could not be delivered, or it may have another subscriber now. It cannot be used to reset your password. It can again once you enter a verification code that was sent to it at your next sign-in. If none arrives, add the number again.",
} satisfies typeof ja.callouts;

/** The browsers that an account signed in on. */
export const devices = {
  title: "Devices we remember",
  lead: "Browsers on which a sign-in was completed. Even while someone else keeps entering wrong passwords, sign-ins from these devices are not stopped. To be remembered here skips no step of a sign-in.",
  none: "We remember no device.",
  noneText: "Once you sign in on a device, it is shown here.",
  firstSeen: "First seen {time}",
  lastUsed: "Last sign-in {time}",
  forget: "Forget",
  forgetOne: "Forget {device} ({time})",
  forgetAll: "Forget all",
  forgotten: "Forgotten. The next sign-in from that device is told to you by e-mail as one from a new device.",
  forgottenAll: "All devices are forgotten. The next sign-in is told to you by e-mail as one from a new device.",
  stranger: "This signs out no device that is signed in. To sign one out, use the next page.",
} satisfies typeof ja.devices;

/** The messages that were sent to a person. */
export const sentTexts = {
  title: "Messages we sent you",
  lead: "The texts, automated calls and e-mails that were sent for this account in the last 90 days. What they said, and verification codes, are not kept.",
  none: "No message was sent to you in the last 90 days.",
  noneText: "When we send you a verification code or a notice, it is shown here.",
  code: "Verification code ({purpose})",
  unknown: "Notice",
  sms: "Text",
  voice: "Automated call",
  email: "E-mail",
  toDigits: "to the number ending in {digits}",
  toAddress: "to {address}",
  toGone: "to a number that is no longer registered",
  from: "from {sender}",
  queued: "Waiting to be sent",
  sent: "Sent",
  delivered: "Arrived",
  undelivered: "Did not arrive",
  failed: "Could not be sent",
  because: "{outcome} ({reason})",
  tries: "What happened",
  older: "See older ones",
  newest: "Back to the newest",
  lookTitle: "Check that a message is really ours",
  look: "Where our texts come from, and what they look like",
} satisfies typeof ja.sentTexts;

/** Why a message did not arrive, in a record of the past. */
export const sentReasons = {
  invalid_number: "no one has this number",
  not_reachable: "the phone was off or out of reach",
  landline: "a landline",
  refused_by_subscriber: "refused by the settings of its line",
  no_sms_service: "a contract without texts",
  opted_out: "the number takes no messages",
  country_blocked: "a country that nothing is sent to",
  throttled: "the limit was reached",
  budget_spent: "the limit was reached",
  provider_down: "a fault of the message service",
  rejected: "not accepted by the message service",
  number_at_risk: "the SIM card had just been changed",
  number_recycled: "a number that may have another subscriber now",
  call_forwarded: "calls to the number are forwarded",
  sending_stopped: "sending was stopped",
  address_refused: "refused by the server of the address",
  unknown: "the reason is not known",
} satisfies typeof ja.sentReasons;

/** The public page on the senders and the wording of our texts. */
export const ourTexts = {
  title: "Our texts and automated calls",
  lead: "Where the texts of {service} come from, and what they say. Compare them with what you received.",
  sendersTitle: "Where they come from",
  sms: "Texts arrive from these numbers or names. A text that travels abroad may show another number.",
  smsUnknown: "The number that a text comes from depends on its route. A number alone does not prove that a text is ours.",
  voice: "Automated calls come from these numbers.",
  commonNumber:
    "Numbers that begin with 0005 are common numbers that the Japanese carriers assign after an examination. The carriers have a page on which you can enter such a number and see whose it is.",
  looksTitle: "What a text says",
  looksLead: "Only the “123456” changes each time.",
  purpose: "For: {purpose}",
  noticeTitle: "What a notice says",
  callTitle: "Automated calls",
  neverTitle: "What we never send",
  neverLink:
    "No text contains a link to open. The “@” and “#” in the last line are marks by which a browser fills in the verification code.",
  neverAsk: "We never ask for a verification code or a password by phone, text or e-mail.",
  neverReply: "We never ask you to reply to a text.",
  strange:
    "If you get a verification code that you did not ask for, someone may have entered your number or password. Tell no one your verification code.",
} satisfies typeof ja.ourTexts;

/** The page that asks for consent to a new version of a document. */
export const consent = {
  title: "The terms of service and privacy policy",
  lead: "There is a new version. Please read it, then agree to go on.",
  settled: "You have agreed to the present versions.",
  nothing: "There is nothing to agree to.",
  terms: "Terms of service ({version})",
  privacy: "Privacy policy ({version})",
  newTab: "Opens in a new tab.",
  agree: "Agree and go on",
  refuse: "If you do not agree, you can still get your data or delete your account.",
} satisfies typeof ja.consent;

/** The page on which a person who reads the mailbox and has no factor asks to register anew. */
export const release = {
  title: "When none of the ways works",
  lead: "If you have neither the password nor a phone number or recovery code of this account, this e-mail address can leave the account, and you can create a new one with it.",
  wait: "That takes 30 days from your request. Meanwhile we tell every e-mail address and phone number of the account. If its owner signs in, the request is taken back.",
  lost: "After 30 days the account is closed and cannot be restored. Nothing of it passes to the new account.",
  ask: "Free this e-mail address in 30 days",
  asked: "We have received your request.",
  due: "This e-mail address leaves its account: {time}. After that, create a new account with it.",
  meanwhile: "If the password or a phone number works again before then, sign in. The request is taken back, and you keep the account.",
  link: "When none of the ways works",
  doubted:
    "A phone number that was not used for long, that a text could not be delivered to, or that may have another subscriber now cannot be used to reset the password.",
} satisfies typeof ja.release;
