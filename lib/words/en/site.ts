import type * as ja from "../ja/site.ts";

/** The words around the journey: frame, landing, account, errors. */
export const common = {
  brand: "Sekisho",
  skip: "Skip to content",
  home: "Home",
  signUp: "Create an account",
  signIn: "Sign in",
  signOut: "Sign out",
  required: "required",
  errorTitle: "Please check what you entered",
  errorPrefix: "Error",
  demo: "Demo mode. Texts, calls and e-mails go nowhere but to the demo phone.",
  demoOpen: "Open the demo phone",
  notArriving: "When the text does not arrive",
  language: "Language",
  ja: "日本語",
  en: "English",
} satisfies typeof ja.common;

export const landing = {
  title: "A checkpoint for sign-up and sign-in",
  description: "Sign-up and sign-in with a second factor by SMS, on your own servers.",
  headline: "A password alone\ndoes not pass.",
  lead: "Sekisho is sign-up and sign-in with a second factor by SMS. It runs on your own servers and shows people whether their code arrived.",
  try: "Try signing up",
  signIn: "Sign in",
  phone: "Open the demo phone",
  phoneHint: "Texts, calls and e-mails arrive on a phone on your screen.",
  seeTitle: "See whether it arrived",
  see: "Accepted, sent, arrived. If a carrier refuses it, the page says why and offers the next way.",
  waysTitle: "A way through for everyone",
  ways: "A call where a contract has no texts. Recovery codes for the day the phone is lost.",
  halfTitle: "Never half signed in",
  half: "Until the second check is done, nothing opens. End a session and it is gone that instant.",
  pass: "Permit",
} satisfies typeof ja.landing;

export const account = {
  title: "Your account",
  signedInAs: "Signed in as {email}",
  since: "Signed in {time}",
  phones: "Your phone",
  phoneEnding: "ending in {digits}",
  phoneSms: "Text and call",
  phoneVoice: "Call only",
  noPhones: "No phone is bound.",
  codes: "Recovery codes",
  codesLeft: "{count} left",
  codesLow: "You are running low. Before they are used up, make sure that you can sign in with your phone.",
  codesNone: "All used up. Without your phone you could not sign in any more, so keep it at hand.",
  codesStopped: "Your recovery codes were disabled after too many wrong ones. Keep your phone at hand and contact support.",
  codesHint: "Your spare keys for the day the phone is lost. Each works once.",
  back: "Back to your account",
  sessions: "Where you are signed in",
  sessionsAll: "More about them",
  sessionsLead: "Every browser that is signed in to this account. One that you sign out can open nothing from that instant on.",
  sessionsStranger: "If you do not know one of them, sign it out. Somebody may know your password.",
  signedInAt: "Signed in {time}",
  current: "This device",
  lastSeen: "Last used {time}",
  end: "Sign out",
  endOne: "Sign out {device} ({time})",
  endOthers: "Sign out everywhere else",
  onlyOne: "You are signed in on this device only.",
  ended: "Signed out. That device can no longer open anything.",
  endedOthers: "Signed out everywhere else. You are signed in on this device only.",
  activity: "Recent activity",
  activityAll: "See all",
  activityLead: "What happened on this account, the latest {count} events first.",
  activityStranger: "If you do not recognise something, sign out devices you do not know.",
  noActivity: "Nothing yet.",
  language: "Language of the pages",
  languageHint: "Of the pages, and of the texts, calls and mails you get.",
  unknownDevice: "Unknown device",
  device: "{browser} on {system}",
} satisfies typeof ja.account;

/** The log's events in plain words. */
export const events = {
  sign_up_started: "Sign-up started",
  sign_up_email_proven: "E-mail address confirmed",
  sign_in_password_wrong: "Wrong password entered",
  sign_in_password_right: "Right password entered",
  sign_in_throttled: "Repeated tries were stopped",
  challenge_code_wrong: "Wrong code entered",
  challenge_exhausted: "Too many wrong codes, attempt closed",
  challenge_sent: "Code sent",
  account_locked: "Paused for a while after repeated errors",
  phone_bound: "Phone number bound",
  phone_taken: "A number of another account was refused",
  session_opened: "Signed in",
  session_ended: "Signed out",
  sessions_ended_others: "Signed out everywhere else",
  everything_ended: "The service signed every device out",
  recovery_codes_issued: "Recovery codes issued",
  recovery_codes_confirmed: "Recovery codes confirmed as saved",
  recovery_code_used: "Recovery code used",
  factor_disabled: "A way to sign in was disabled after repeated errors",
  other: "A setting changed",
} satisfies typeof ja.events;

/** How an event was proven. */
export const eventMethods = {
  sms: "text",
  voice: "phone call",
  tel: "phone call",
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
  lead: "This is our fault. What you entered may not have been saved. Please try again.",
  retry: "Try again",
  home: "Home",
  reference: "If you contact us, please give this number",
} satisfies typeof ja.crash;
