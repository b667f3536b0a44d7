import { record } from "#lib/audit/record";
import { cell } from "#lib/console/audit-file";
import { listRehearsals, type Rehearsal } from "#lib/console/rehearsals";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The rehearsals as a file of comma-separated values (RFC 4180). Seconds have one decimal; numbers are their last two digits. */

const columns: Record<string, (row: Rehearsal) => string | number | null> = {
  at: ({ at }) => at,
  by: ({ by }) => by,
  scene: ({ scene }) => scene,
  line: ({ line }) => line,
  system: ({ system }) => system,
  channel: ({ channel }) => channel.toLowerCase(),
  number_ends_in: ({ digits }) => digits,
  left_out: ({ leftOut }) => leftOut.join(" "),
  tried: ({ tried }) => tried.join(" "),
  provider: ({ provider }) => provider,
  carrier: ({ carrier }) => carrier,
  status: ({ status }) => status,
  reason: ({ reason }) => reason,
  seconds: ({ seconds }) => seconds && Math.round(seconds * 10) / 10,
  shown: ({ shown }) => shown,
  autofill: ({ autofill }) => autofill,
  code_typed: ({ shown, codeTyped }) => (shown ? (codeTyped ? "yes" : "no") : null),
  confirmed_at: ({ confirmedAt }) => confirmedAt,
  confirmed_by: ({ confirmedBy }) => confirmedBy,
  wording: ({ wording }) => wording,
};

/** Exports the rehearsals as a member of staff; the event names no number. Refusals: those of `requireStaff`. */
export async function exportRehearsals(acting: Acting, requester: Requester): Promise<Result<string, Refused>> {
  const noted = await actAsStaff(acting, { act: "setup.export" }, async (tx, { by }) => {
    await record(tx, { event: "rehearsal.exported", method: by, ...requester });
    return ok(null);
  });
  if (!noted.ok) return noted;
  const rows = (await listRehearsals()).map((row) =>
    Object.values(columns)
      .map((read) => cell(read(row)))
      .join(","),
  );
  return ok(`\uFEFF${[Object.keys(columns).join(","), ...rows].join("\r\n")}\r\n`);
}
