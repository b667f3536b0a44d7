import type { Words } from "#lib/words/ja";

/** The name of a type of event; an unknown one as it is. */
export function typeName(type: string, names: Words["consoleEventTypes"]): string {
  const key = type.replace(".", "_");
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : type;
}

type Came = { status: number | null; failure: string | null };

/** What came of an attempt in words; null where there was none. */
export function cameOf({ status, failure }: Came, words: Pick<Words, "consoleEvents" | "consoleEventFailures">): string | null {
  if (status !== null) return words.consoleEvents.answered.replace("{status}", String(status));
  if (failure === null) return null;
  const { consoleEventFailures: failures } = words;
  return Object.hasOwn(failures, failure) ? failures[failure as keyof typeof failures] : failures.other;
}

/** The look of each state. */
export const stateTone = { pending: "neutral", delivered: "good", parked: "warn" } as const;
