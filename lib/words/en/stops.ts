import type * as ja from "../ja/stops.ts";

/** The notices while the operator has stopped sending: which methods are stopped, and the alternatives. */
export const stops = {
  sms: "text message",
  voice: "automated call",
  email: "e-mail",
  to: "{way} (ending in {hint})",
  now: "For now we have stopped sending verification codes this way: {ways}.",
  arrived: "A verification code that has already reached you works until it expires.",
  other: "You can go on right now in another way.",
  none: "You have no other way, so please wait until we start again. You can then get your verification code on this page.",
  later: "If this page has expired by then, please start again.",
  signedIn: "Devices that are already signed in keep working. If it is urgent, contact us.",
  signUp:
    "For now we have stopped sending e-mail, so we cannot take new sign-ups. Please open this page again later. If you have an account, you can sign in.",
  bind: "For now we have stopped both text messages and automated calls, so we cannot register a phone number. What you registered so far is kept: sign in later with your e-mail address and password to carry on.",
} satisfies typeof ja.stops;
