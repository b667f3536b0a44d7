import type { outage as ja } from "../ja/outage.ts";

/** The banner while no message service carries texts or calls. */
export const outage: Record<keyof typeof ja, string> = {
  sms: "text message",
  voice: "automated call",
  title: "Verification codes by {ways} do not arrive at the moment",
  text: "The message service has an outage. Until it is over, please use another way.",
  others: "Ways without a message",
  works: "You can still get it by {way}; choose it below.",
  here: "The way on this page works as always.",
  wait: "Please keep this page open and send again in a few minutes. Devices that are signed in go on working.",
};
