import type * as ja from "../ja/sample.ts";

/** What a challenge of one act shows before its code. */
export const confirming = {
  title: "What you are confirming",
  payee: "To",
  amount: "Amount",
  check: "Check that the text or automated call says the same. If it says anything else, do not enter the verification code.",
} satisfies typeof ja.confirming;

/** The sample page of a points exchange. */
export const sample = {
  title: "Exchange points",
  badge: "Sample",
  lead: "This is a sample page, and no real points move. It shows how an act goes on only after its payee and amount were confirmed.",
  amount: "Points",
  amountHint: "Digits only, such as 5000",
  shop: "Exchange at",
  yamada: "Yamada Shop",
  hana: "Hana Coffee",
  midori: "Midori Books",
  submit: "Go on to confirm",
  waiting: "This has not been confirmed yet.",
  toVerify: "Enter the verification code",
  over: "This took too long, so it has ended.",
  again: "Start again",
  confirmedTitle: "Confirmed",
  confirmedLead: "These points will be exchanged.",
  exchange: "Exchange",
  refused: "This could not be carried out.",
  doneTitle: "Exchanged",
  doneLead: "The shop checks the signature of this receipt with the published keys before it hands anything over.",
  reference: "Order",
  receipt: "Receipt",
  keys: "Published keys",
  another: "Try it again",
  linesTitle: "How this page works",
  linesLead: "Ten lines do the same on a site of your own.",
} satisfies typeof ja.sample;

/** Browsers that skip the second factor at sign-in. */
export const trusted = {
  trust: "Skip this step on this device for 30 days (not on a device that others use too)",
  title: "Devices that skip the second step",
  lead: "These devices sign in with the password alone. Remove any that you do not know. Important acts still ask for a confirmation.",
  none: "No device skips the second step.",
  current: "This device",
  since: "Since {time}",
  lastUsed: "Last sign-in {time}",
  until: "Until {time}",
  end: "Remove",
  endOne: "Remove {device} ({time})",
  ended: "Removed. The next sign-in on that device asks for a verification code.",
} satisfies typeof ja.trusted;
