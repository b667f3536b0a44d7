import type * as ja from "../ja/enter-site.ts";

/** The page between a sign-in and the site of another service that asked for it. */
export const enterSite = {
  title: "Taking you to the site",
  lead: "You are on the way to {host}. If nothing happens, use the button.",
  go: "Go to {host}",
  stepUpTitle: "Please confirm once more that it is you",
  stepUpLead: "This page of {host} asks for one of your registered ways (a text, an app, a passkey and so on). You go on right after.",
  passkeyLead: "This page of {host} asks for a passkey. You go on right after.",
  submit: "Confirm that it is me",
  missingTitle: "This page needs a passkey",
  missingLead: "Only people who confirmed with a passkey can open this page of {host}, and this account has none yet. Add one, then go on.",
  missingGo: "Add a passkey",
  missingAgain: "I have added one, go on",
  emptyTitle: "Start from the page of the site",
  emptyLead: "This page is on the way into another site. Open the page that you want there: we check your sign-in and take you back.",
  emptyGo: "Go to your account",
  busyTitle: "You went back and forth many times",
  busyLead: "Wait about a minute, then go on. If this keeps happening, allow cookies of {host} in your browser’s settings.",
  busyAgain: "Go on",
} satisfies typeof ja.enterSite;
