import type * as ja from "../ja/stops.ts";

/** What is said while the operator has stopped sending: what is stopped, and what can be done now. */
export const stops = {
  sms: "text message",
  voice: "phone call",
  email: "e-mail",
  to: "{way} (ending in {hint})",
  now: "For now we have stopped sending codes this way: {ways}.",
  arrived: "A code that has already reached you works until it expires.",
  other: "You can go on right now in another way.",
  none: "You have no other way, so please wait until we start again. You can then get your code on this page.",
  later: "If this page has expired by then, please start again.",
  signedIn: "Devices that are already signed in keep working. If it is urgent, contact the support of this service.",
  signUp:
    "For now we have stopped sending e-mail, so we cannot take new sign-ups. Please open this page again later. If you have an account, you can sign in.",
  bind: "For now we have stopped both text messages and phone calls, so we cannot register a phone number. What you registered so far is kept: sign in later with your e-mail address and password to carry on.",
} satisfies typeof ja.stops;
