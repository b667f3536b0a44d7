import type { ja } from "../ja.ts";

export const noTexts = {
  both: "If you cannot receive texts, register with an authenticator app or a passkey",
  app: "If you cannot receive texts, register with an authenticator app",
  passkey: "If you cannot receive texts, register with a passkey",
  plans: "This works with data-only SIMs and other plans without SMS.",
  toApp: "Register with an authenticator app",
  toAppText: "Uses the 6-digit verification code that an app on your smartphone shows, even without a signal.",
  toPasskey: "Register with a passkey",
  toPasskeyText: "Uses the fingerprint, face or screen lock of this device.",
  toPhone: "Register with a phone number",
  others: "Other ways",
  title: "Add a second way to confirm it is you",
  lead: "Each time you sign in, we ask for it after your password to make sure it is you.",
  appTitle: "Add an authenticator app",
  appLead:
    "Install an authenticator app on your smartphone (Google Authenticator, Microsoft Authenticator or another) and add this account to it. Each time you sign in, you enter the verification code that it shows.",
  passkeyTitle: "Add a passkey",
  passkeyLead: "This device makes a key for this site alone. When you sign in, it confirms that it is you.",
  noScript: "Passkeys need JavaScript. Without it, you can register in these ways.",
  closed: "Registering in this way is not possible at present. Please choose another one.",
} satisfies typeof ja.noTexts;
