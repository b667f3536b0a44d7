import { setTimeout as sleep } from "node:timers/promises";
import type { JobHelpers, TaskList } from "graphile-worker";
import { deleteDue } from "#lib/accounts/delete-account";
import { releaseDue } from "#lib/accounts/release-address";
import { importStaged } from "#lib/accounts/staged-members";
import { keepHead } from "#lib/audit/head";
import { appendRefusals } from "#lib/audit/refused";
import { sealEvents } from "#lib/audit/seal";
import { watchChain } from "#lib/audit/watch";
import { countDays } from "#lib/console/figures";
import { isUnavailable } from "#lib/db/pool";
import { rotateOldSigningKey } from "#lib/db/signing-keys";
import { checkAttempt } from "#lib/delivery/messages/check-attempt";
import { endMessage, recordOutcome } from "#lib/delivery/messages/record";
import { watchReceipts } from "#lib/delivery/provider-accounts/silent-accounts";
import { takeDueReceipts } from "#lib/demo/inbox";
import { deliverDue, deliverTo } from "#lib/events/deliver";
import { watchHealth } from "#lib/health/watch";
import { cleanUp } from "#lib/jobs/clean-up";
import { type From, reseal } from "#lib/jobs/reseal";
import { tellCondition } from "#lib/jobs/tell-condition";
import { tellHead } from "#lib/jobs/tell-head";
import { inTimeBox } from "#lib/jobs/time-box";
import { watchConversion } from "#lib/limits/conversion";
import { tellLogout } from "#lib/openid/tell-logout";
import { type Census, countFactors } from "#lib/policy/count-factors";
import { sendMessage } from "#lib/purposes/messages";
import { advanceCase, remindStaff } from "#lib/recovery/progress";

/**
 * Retries a job once after half a second, for a connection that the database closed; after a second failure the queue retries with its growing
 * back-off.
 */
async function oncePatient(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await sleep(500);
    await work();
  }
}

/** Sends a message; after the last failed attempt it ends the message, so that its page does not show "queued" for ever. */
async function send(payload: unknown, { job }: JobHelpers): Promise<void> {
  const { messageId } = payload as { messageId: string };
  try {
    await oncePatient(() => sendMessage(messageId));
  } catch (error) {
    if (job.attempts >= job.max_attempts) await endMessage(messageId, "provider_down");
    throw error;
  }
}

/** Milliseconds after which a run of events ends and queues the next one. */
const EVENTS_MS = 10_000;

/** The tasks of the queue; payloads contain only ids. */
export const tasks: TaskList = {
  send_message: send,
  check_attempt: (payload) => oncePatient(() => checkAttempt((payload as { attemptId: string }).attemptId)),
  demo_receipts: async () => {
    for (const attemptId of await takeDueReceipts()) await recordOutcome(attemptId, { status: "delivered" });
  },
  seal_audit: () =>
    inTimeBox("seal_audit", async (over) => {
      await appendRefusals();
      while ((await sealEvents()) > 0) if (over()) return {};
      await keepHead();
      return null;
    }),
  verify_audit: () => watchChain(),
  tell_audit_head: (payload) => {
    const { position, way } = payload as { position: string; way: "webhook" | "mail" };
    return tellHead(position, way);
  },
  // One statement, bounded by the statement timeout of the database.
  watch_conversion: watchConversion,
  watch_receipts: watchReceipts,
  watch_health: watchHealth,
  tell_condition: (payload) => tellCondition(payload as { kind: string; phase: "begin" | "over"; way: "webhook" | "mail" }),
  deliver_events: (payload) => {
    const ends = Date.now() + EVENTS_MS;
    return deliverTo((payload as { endpointId: string }).endpointId, () => Date.now() >= ends);
  },
  deliver_due_events: () => deliverDue(),
  due_accounts: () =>
    inTimeBox("due_accounts", async (over) => {
      for (const done of [deleteDue, releaseDue]) while (!(await done())) if (over()) return {};
      return null;
    }),
  due_cases: () =>
    inTimeBox("due_cases", async (over) => {
      while (!(await advanceCase())) if (over()) return {};
      await remindStaff();
      return null;
    }),
  import_members: () => inTimeBox("import_members", async (over) => ((await importStaged(over)) ? null : {})),
  tell_logout: (payload) => tellLogout((payload as { loginId: string }).loginId),
  count_days: () => inTimeBox("count_days", async (over) => ((await countDays(over)) ? null : {})),
  clean_up: () => inTimeBox("clean_up", async (over) => ((await cleanUp(over)) ? null : {})),
  count_factors: (payload) => inTimeBox("count_factors", (over) => countFactors(payload as Census, over)),
  rotate_signing_key: () => rotateOldSigningKey(),
  reseal: (payload) => inTimeBox("reseal", (over) => reseal(payload as From, over)),
};
