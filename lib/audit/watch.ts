import { createHmac, type KeyObject } from "node:crypto";
import { alert } from "#lib/alert";
import { GENESIS, type Link, linkOf, textOf } from "#lib/audit/chain";
import { type Broken, verifyEvents, verifyHeads, verifySeals } from "#lib/audit/verify";
import { durableKey } from "#lib/db/durable-keys";
import { sql } from "#lib/db/sql";

/**
 * The verifying job: resumes where it stopped, and starts a new round an hour after the start of the previous one. Its position is signed; an
 * attacker who restores an older one can only delay the job, which `wholeAt` reveals.
 */
export type Progress = {
  /** The last seal that matched, and the last event that was checked. */
  seal: Link;
  event: string;
  /** When this round began, and when a round last found no fault, in milliseconds. */
  beganAt: number;
  wholeAt: number | null;
  atEnd: boolean;
  broken: (Broken & { at: number }) | null;
};

const HOUR_MS = 3_600_000;

const macOf = (key: KeyObject, progress: string) => createHmac("sha256", key).update(`progress\0${progress}`).digest();

const written = (progress: Progress) => JSON.stringify({ ...progress, seal: textOf(progress.seal) });

const anew = (wholeAt: number | null): Progress => ({
  seal: GENESIS,
  event: "0",
  beganAt: Date.now(),
  wholeAt,
  atEnd: false,
  broken: null,
});

/** Reads the progress of the job: null before its first run, `forged` when the signature of the row is invalid. */
export async function readProgress(): Promise<Progress | "forged" | null> {
  const key = await durableKey("audit");
  const [row] = await sql<{ progress: string; mac: Buffer }>`SELECT progress, mac FROM audit_verification`;
  if (!row) return null;
  if (!macOf(key, row.progress).equals(row.mac)) return "forged";
  const { seal, ...rest } = JSON.parse(row.progress) as Omit<Progress, "seal"> & { seal: string };
  return { ...rest, seal: linkOf(seal) ?? GENESIS };
}

async function writeProgress(key: KeyObject, progress: Progress): Promise<void> {
  const text = written(progress);
  await sql`
    INSERT INTO audit_verification (progress, mac) VALUES (${text}, ${macOf(key, text)})
    ON CONFLICT (id) DO UPDATE SET progress = EXCLUDED.progress, mac = EXCLUDED.mac`;
}

function raise({ eventId, why }: { eventId: string; why: string }): void {
  alert("audit.broken", { reference: eventId, reason: why }, "the audit log is not what was written");
}

/** Verifies for about `ms` milliseconds and saves the progress; a fault raises `audit.broken` when it is found and every hour while it remains. */
export async function watchChain(ms = 2_000): Promise<void> {
  const key = await durableKey("audit");
  const noted = await readProgress();
  if (noted === "forged") raise({ eventId: "0", why: "progress" });
  let progress = noted === "forged" || noted === null ? anew(null) : noted;
  if (progress.broken && Date.now() - progress.broken.at < HOUR_MS) return;
  if (progress.broken || (progress.atEnd && Date.now() - progress.beganAt > HOUR_MS)) progress = anew(progress.wholeAt);
  const reached = await goOn(key, progress, performance.now() + ms);
  if (reached.broken) raise(reached.broken);
  await writeProgress(key, reached);
}

async function goOn(key: KeyObject, from: Progress, until: number): Promise<Progress> {
  const progress = { ...from, atEnd: false };
  const stopped = (broken: Broken | null): Progress => ({ ...progress, broken: broken && { ...broken, at: Date.now() } });
  const [seals, events] = [() => verifySeals(key, progress.seal), () => verifyEvents(progress.event)];
  for (let page = await seals(); ; page = await seals()) {
    progress.seal = page.to;
    if (page.broken) return stopped(page.broken);
    if (!page.more) break;
    if (performance.now() > until) return stopped(await verifyHeads());
  }
  for (let page = await events(); ; page = await events()) {
    progress.event = page.to;
    if (page.broken) return stopped(page.broken);
    if (!page.more) break;
    if (performance.now() > until) return stopped(await verifyHeads());
  }
  const broken = await verifyHeads();
  return broken ? stopped(broken) : { ...progress, atEnd: true, wholeAt: Date.now(), broken: null };
}
