import type * as ja from "../ja/site.ts";

/** The words around the journey: frame, landing, account, errors. */
export const common = {
  brand: "Sekisho",
  skip: "Skip to content",
  home: "Home page",
  signUp: "Create an account",
  signIn: "Sign in",
  signOut: "Sign out",
  required: "required",
  errorTitle: "Please check what you entered",
  errorPrefix: "Error",
  demo: "Demo mode. Texts, automated calls and e-mails go nowhere but to the demo phone.",
  demoReal:
    "Demo mode. Texts, automated calls and e-mails arrive on the demo phone. They are really sent as well, through the message services you entered.",
  demoNotice: "Notice of demo mode",
  demoOpen: "Open the demo phone",
  notArriving: "When the text does not arrive",
  terms: "Terms of service",
  privacy: "Privacy policy",
  contact: "Contact us",
  contactAt: "Contact us: ",
  language: "Language",
  ja: "日本語",
  en: "English",
} satisfies typeof ja.common;

export const landing = {
  title: "A checkpoint for creating accounts and signing in",
  description: "Creating accounts and signing in with a second factor by SMS, on your own servers.",
  headline: "A password alone\ndoes not pass.",
  lead: "Sekisho lets people create accounts and sign in with a second factor by SMS. It runs on your own servers and shows, as far as is known, whether a verification code arrived.",
  try: "Try signing up",
  signIn: "Sign in",
  phone: "Open the demo phone",
  phoneHint: "Texts, calls and e-mails arrive on a phone on your screen.",
  seeTitle: "Shows whether it arrived",
  see: "Where the carrier reports back, the page shows whether the text arrived. If it was refused or the phone is out of reach, the page says why and what to do next.",
  waysTitle: "Other ways when a text does not arrive",
  ways: "The page offers another way that fits the reason. Recovery codes are for the day the phone is lost.",
  halfTitle: "Not signed in until the check is done",
  half: "Account pages open only after the check that follows the password. A device that is signed out stops working at once.",
  pass: "Permit",
  entrance: "Sign in to {service}",
} satisfies typeof ja.landing;

export const account = {
  title: "Your account",
  signedInAs: "Signed in as {email}",
  since: "Signed in {time}",
  phones: "Your phone numbers",
  phoneEnding: "ending in {digits}",
  phoneSms: "Text",
  phoneSmsCall: "Text and automated call",
  phoneVoice: "Automated call only",
  noPhones: "No phone number is registered.",
  codes: "Recovery codes",
  codesLeft: "{count} left",
  codesLow: "You are running low. Before they are used up, make sure that you can sign in with your phone number.",
  codesNone: "All used up. Without your phone you could not sign in any more, so keep it at hand.",
  codesHint: "Spare codes for when your phone cannot be used. Each works once.",
  back: "Back to your account",
  sessions: "Devices signed in",
  sessionsAll: "More about them",
  sessionsLead: "Every browser that is signed in to this account. A device that you sign out stops working at once.",
  sessionsStranger: "Sign out any device you do not know. Someone may know your password.",
  signedInAt: "Signed in {time}",
  current: "This device",
  lastSeen: "Last used {time}",
  end: "Sign out",
  endOne: "Sign out {device} ({time})",
  endOthers: "Sign out all other devices",
  onlyOne: "You are signed in on this device only.",
  ended: "Signed out. That device can no longer be used.",
  endedOthers: "Signed out all other devices. You are signed in on this device only.",
  activity: "Recent activity",
  activityAll: "See all",
  activityLead: "What happened on this account, the latest {count} events first.",
  activityStranger: "If you do not recognise something, sign out the devices you do not know on the next page.",
  noActivity: "Nothing yet.",
  language: "Language of the pages",
  languageHint: "Of the pages, and of the messages you get.",
  unknownDevice: "Unknown device",
  device: "{browser} on {system}",
} satisfies typeof ja.account;

/** The log's events in plain words. */
export const events = {
  sign_up_started: "Started creating an account",
  sign_up_email_proven: "E-mail address confirmed",
  sign_in_password_wrong: "Wrong password entered",
  sign_in_password_right: "Right password entered",
  sign_in_throttled: "Repeated tries were stopped",
  challenge_code_wrong: "Wrong verification code entered",
  challenge_exhausted: "Too many wrong verification codes, attempt closed",
  challenge_sent: "Verification code sent",
  account_locked: "Paused for a while after repeated errors",
  phone_bound: "Phone number registered",
  phone_taken: "Phone number not registered: another account has it",
  session_opened: "Signed in",
  session_ended: "Signed out",
  sessions_ended_others: "Signed out all other devices",
  everything_ended: "Every device was signed out for the running of the service",
  recovery_codes_issued: "Recovery codes issued",
  recovery_codes_confirmed: "Recovery codes confirmed as saved",
  recovery_code_used: "Recovery code used",
  factor_disabled: "A way to sign in was disabled after repeated errors",
  other: "A setting changed",
} satisfies typeof ja.events;

/** How an event was proven. */
export const eventMethods = {
  sms: "text",
  voice: "automated call",
  tel: "automated call",
  email: "e-mail",
  rc: "recovery code",
  recovery_code: "recovery code",
} satisfies typeof ja.eventMethods;

export const notFound = {
  title: "This page does not exist",
  lead: "It may have moved, or the address has a typo. Check the address, or start from the home page.",
} satisfies typeof ja.notFound;

export const crash = {
  title: "Something went wrong",
  lead: "We are sorry: this is our fault. What you entered may not have been saved. Please try again.",
  retry: "Try again",
  home: "Home page",
  reference: "If you contact us, please give this number",
} satisfies typeof ja.crash;
