import { accountsInUse, provenWithin } from "#lib/console/proven";
import { COUNTS_DAYS, type Line, type Need, needsOf, passes, type Scene, type System, scenes } from "#lib/console/rehearsal-rule";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { PhoneChannel } from "#lib/delivery/provider";
import type { DeliveryError } from "#lib/errors";
import { maskEmail } from "#lib/words/mask-email";

/** The rehearsals of the set-up guide as its pages, its report and its state read them. */

/**
 * A rehearsal with what became of it. `seconds` passed from its hand-over to the receipt, `readSeconds` until the operator answered; `tried` are the
 * accounts that were asked, in order; `age` is in seconds; times are ISO 8601 and addresses are masked.
 */
export type Rehearsal = {
  id: string;
  scene: "handset" | Scene;
  line: Line | null;
  system: System | null;
  channel: PhoneChannel;
  digits: string | null;
  askedOf: string | null;
  leftOut: string[];
  wording: string;
  at: string;
  by: string | null;
  shown: "whole" | "broken" | "absent" | null;
  autofill: "filled" | "not_filled" | "not_tried" | null;
  codeTyped: boolean;
  confirmedAt: string | null;
  confirmedBy: string | null;
  readSeconds: number | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  provider: string | null;
  tried: string[];
  carrier: string | null;
  seconds: number | null;
  repeatable: boolean;
  age: number;
};

/** How many rehearsals a page, the report and the file show at most. */
export const REHEARSALS = 1000;

const read = async (id: string | null, days: number, count: number): Promise<Rehearsal[]> => {
  const rows = await sql<Rehearsal>`
    SELECT r.id, r.scene, r.line, r.system, r.channel, r.digits, r.asked_of, r.left_out, r.wording, to_json(r.created_at)#>>'{}' AS at,
      asker.email AS by, r.shown, r.autofill, r.code_typed, to_json(r.confirmed_at)#>>'{}' AS confirmed_at, confirmer.email AS confirmed_by,
      extract(epoch FROM r.confirmed_at - r.created_at)::float AS read_seconds,
      coalesce(m.status, r.status) AS status, CASE WHEN m.id IS NULL THEN r.reason ELSE m.reason END AS reason,
      coalesce(a.provider, r.provider) AS provider, coalesce(a.tried, '{}') AS tried, coalesce(a.carrier, r.carrier) AS carrier,
      CASE WHEN coalesce(m.status, r.status) IN ('delivered', 'undelivered') THEN coalesce(a.seconds, r.seconds) END AS seconds,
      r.number_sealed IS NOT NULL OR r.scene = 'all_down' AS repeatable, extract(epoch FROM app_now() - r.created_at)::float AS age
    FROM rehearsals r LEFT JOIN LATERAL (SELECT * FROM messages WHERE id = r.message_id LIMIT 1) m ON true
      LEFT JOIN LATERAL (
        SELECT (array_agg(provider ORDER BY status = 'delivered' DESC, started_at DESC))[1] AS provider,
          (array_agg(carrier ORDER BY status = 'delivered' DESC, started_at DESC))[1] AS carrier,
          (array_agg(extract(epoch FROM status_at - started_at)::float ORDER BY status = 'delivered' DESC, started_at DESC))[1] AS seconds,
          array_agg(provider ORDER BY started_at) AS tried
        FROM delivery_attempts WHERE message_id = r.message_id) a ON true
      LEFT JOIN users asker ON asker.audit_subject = r.asked_by LEFT JOIN users confirmer ON confirmer.audit_subject = r.confirmed_by
    WHERE (${id}::uuid IS NULL OR r.id = ${id}::uuid) AND r.created_at > app_now() - make_interval(days => ${days}::int)
    ORDER BY r.created_at DESC, r.id LIMIT ${count}::int`;
  return rows.map((row) => ({
    ...row,
    by: row.by && maskEmail(row.by),
    confirmedBy: row.confirmedBy && maskEmail(row.confirmedBy),
  }));
};

/** All days for which a rehearsal is kept, and some. */
const KEPT_DAYS = 800;

/** Reads one rehearsal; null where there is none. */
export const readRehearsal = async (id: string): Promise<Rehearsal | null> => (await read(id, KEPT_DAYS, 1))[0] ?? null;

/** Lists the rehearsals that are kept, the newest first. */
export const listRehearsals = (): Promise<Rehearsal[]> => read(null, KEPT_DAYS, REHEARSALS);

/** Lists those that count now, the newest first. */
export const currentRehearsals = (): Promise<Rehearsal[]> => read(null, COUNTS_DAYS.rehearsal, REHEARSALS);

/** Whether a receipt may still come soon: a message that no receipt followed for two minutes is waited for no longer. */
export const isOnItsWay = ({ status, shown, age }: Rehearsal): boolean =>
  shown === null && age < 120 && (status === "queued" || status === "sent");

/** Pure: the newest rehearsal of a handset and channel, and the newest that was answered. */
export function ofHandset(rows: readonly Rehearsal[], line: Line, system: System, channel: PhoneChannel) {
  const own = rows.filter((row) => row.line === line && row.system === system && row.channel === channel);
  return { newest: own[0] ?? null, answered: own.find(({ shown }) => shown !== null) ?? null };
}

/** Pure: the newest rehearsal of a scene. */
export const ofScene = (rows: readonly Rehearsal[], scene: Scene): Rehearsal | null => rows.find((row) => row.scene === scene) ?? null;

/** Judges what the third step needs, by the newest answer of each handset, the newest rehearsal of each scene, and the accounts in use. */
export async function readNeeds(rows: readonly Rehearsal[]): Promise<Need[]> {
  const [accounts, proven] = [await accountsInUse(), await provenWithin(COUNTS_DAYS.account)];
  const answered = new Map<string, Rehearsal>();
  for (const row of rows)
    if (row.scene === "handset" && row.channel === "SMS" && row.shown && !answered.has(`${row.line} ${row.system}`))
      answered.set(`${row.line} ${row.system}`, row);
  return needsOf({
    whole: [...answered.values()].flatMap(({ line, system, shown }) => (line && system && shown === "whole" ? [{ line, system }] : [])),
    passed: scenes.filter((scene) => {
      const newest = ofScene(rows, scene);
      return newest !== null && passes(scene, newest);
    }),
    inUse: accounts.map(({ name }) => name),
    proven,
  });
}
