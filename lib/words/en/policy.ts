import type { policy as ja } from "../ja/policy.ts";

/** The announcements of the operator's settings: until when a way to sign in remains, and which factor an account needs from when. */
export const policy = {
  title: "Ways to sign in, and until when",
  lead: "These are the ways to confirm it is you after your password, and how long they remain.",
  phone: "Text message",
  phoneCalls: "Text message and automated call",
  totp: "Authenticator app",
  passkey: "Passkey",
  codes: "Recovery code",
  codesText: "For when no other way can be used. No end is set.",
  noEnd: "No end is set.",
  willEnd: "From {date} it no longer signs you in. Register another way before that.",
  hasEnded: "Since {date} it no longer signs you in. If you have not registered another way yet, you are led to it after signing in.",
  some: "For some people it ends earlier. If you are one of them, your account page says so.",
  signIn: "Sign in",
  announced: "From {date}, signing in needs {methods}",
  announcedText: "That is {days} days from now. If you have not registered it by then, you are led to it when you next sign in.",
  not_pstn: "an authenticator app or a passkey",
  register: "Register",
  more: "See the ways to sign in, and until when",
  stopFilled: "The link of a notice opened this page. Nothing has changed yet. Press “Stop” to do this:",
} satisfies typeof ja;
