import { matching, openSeed, stepOf } from "#lib/authenticators/totp/seed";
import type { Authenticator, Guess } from "#lib/challenges/port";
import { parseOtp } from "#lib/crypto/codes";
import { type Sql, sql } from "#lib/db/sql";

export const TOTP_KIND = "totp" as const;

/** The present step and the one before are accepted, by the product's clock alone (TO-02). */
const ACCEPTED = [0, -1];
/** Codes of these steps, one to five minutes away, indicate a wrong clock of the device. */
const TOLD = Array.from({ length: 9 }, (_, index) => index + 2).flatMap((steps) => [-steps, steps]);

type Row = { sealed: string; lastStep: number; toldStep: number | null; seconds: number };

/** The seed of an app with its last step, and the product's clock in seconds. */
async function readApp(id: string | null, tx: Sql = sql): Promise<(Row & { id: string }) | null> {
  const [row] = await tx<Row>`
    SELECT seed_sealed AS sealed, last_step, told_step, extract(epoch FROM app_now())::float8 AS seconds FROM totp WHERE id = ${id}::uuid`;
  return row && id ? { ...row, id } : null;
}

const around = ({ seconds }: Row, offsets: readonly number[]): number[] => offsets.map((offset) => stepOf(seconds) + offset);

/** The step that a typed code answers for an app: the present or the last one, later than any that was used (TO-01); null if it is wrong. */
export async function answeredStep(id: string | null, userId: string, typed: string, tx: Sql = sql): Promise<number | null> {
  const app = await readApp(id, tx);
  if (!app) return null;
  const found = matching(openSeed(app.id, userId, app.sealed), typed, around(app, ACCEPTED));
  return found.find((step) => step > app.lastStep && step !== app.toldStep) ?? null;
}

/** Spends a step and those before it, once for the account over every session and path; false when another request was first. */
export async function spendStep(tx: Sql, id: string, step: number): Promise<boolean> {
  const spent = await tx`UPDATE totp SET last_step = ${step}::int WHERE id = ${id}::uuid AND last_step < ${step}::int RETURNING id`;
  return spent.length === 1;
}

/**
 * Returns true if a wrong code is that of a nearby step. Such a step is reported once and never accepted later, because the report would confirm
 * a future code to an attacker.
 */
async function isOutOfTime({ authenticatorId, userId }: Guess, typed: string): Promise<boolean> {
  const app = await readApp(authenticatorId);
  if (!app || !userId) return false;
  const [step] = matching(openSeed(app.id, userId, app.sealed), typed, around(app, TOLD));
  if (step === undefined) return false;
  await sql`UPDATE totp SET told_step = ${step}::int WHERE id = ${app.id}::uuid`;
  return true;
}

/** An authenticator app (NIST SP 800-63B-4 3.1.4): the person reads the code from a device, and nothing is sent. */
export const totp: Authenticator = {
  kind: TOTP_KIND,
  bound: true,
  methods: ["totp"],
  sent: false,
  counted: true,
  secondFactor: true,
  enrols: true,
  beforeTexts: true,
  disabledNotice: "notice.totp_disabled",
  read: parseOtp,
  offer: (_, bound) => (bound ? [{ method: "totp", authenticatorId: bound.id, stopped: false }] : []),
  async evaluate({ authenticatorId, userId }, answer) {
    const step = userId ? await answeredStep(authenticatorId, userId, answer) : null;
    return step === null ? null : { amr: "otp", spent: String(step) };
  },
  explain: async (guess, answer) => ((await isOutOfTime(guess, answer)) ? "clock_off" : null),
  spend: async (tx, { authenticatorId }, { spent }) =>
    authenticatorId !== null && spent !== undefined && (await spendStep(tx, authenticatorId, Number(spent))),
};
