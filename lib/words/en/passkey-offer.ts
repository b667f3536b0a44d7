import type { ja } from "../ja.ts";

export const passkeyOffer = {
  signedIn: "You are signed in",
  leads: "This page moves on by itself. If it does not, press the button below.",
  go: "Go on",
  later: "Later",
  madeTitle: "A passkey was made automatically",
  made: "When you signed in with a text, your browser made a passkey and added it to this account. Confirm with it after your password at the next sign-in, and from then on it signs you in alone. You can remove it at any time.",
  see: "Look at the passkey",
} satisfies typeof ja.passkeyOffer;
