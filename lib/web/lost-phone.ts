import { getLocale, getMessages } from "next-intl/server";
import { type LostPhoneOffer, lostPhoneOffer } from "#lib/accounts/lost-phone";
import { currentSettings } from "#lib/policy/read";
import { challengeToken } from "#lib/web/challenge";
import { dayWords, whenWords } from "#lib/web/when";
import { linesSeen } from "#lib/words/carriers";
import { fill } from "#lib/words/fill";

/** How long a request waits, in words: between the two times that the operator set. */
export async function waitInWords(): Promise<string> {
  const [{ lostPhone }, { lostPhoneWait }] = await Promise.all([getMessages(), currentSettings()]);
  const { hours, flaggedHours } = lostPhoneWait;
  return fill(hours === flaggedHours ? lostPhone.waitOne : lostPhone.waitTwo, { hours, flagged: flaggedHours });
}

/** The day on which the carriers' lines were confirmed, in words, and the language of the page. */
export async function linesInWords(): Promise<{ date: string; locale: "ja" | "en" }> {
  const date = (await dayWords())(linesSeen());
  return { date, locale: (await getLocale()) === "en" ? "en" : "ja" };
}

/** What the pages of this browser's sign-in say to a person who cannot use the phone; null where its challenge is none. */
export async function lastWayOf(): Promise<{ offer: LostPhoneOffer; said: Said } | null> {
  const offer = await lostPhoneOffer(await challengeToken());
  if (!offer) return null;
  const { open } = offer;
  const time = open ? (await whenWords())(open.requestedAt.toISOString()) : "";
  const known = open && { reference: open.reference, time, ready: open.state === "ready" };
  return { offer, said: { open: known, wait: await waitInWords(), ...(await linesInWords()) } };
}

type Said = { open: { reference: string; time: string; ready: boolean } | null; wait: string; date: string; locale: "ja" | "en" };
