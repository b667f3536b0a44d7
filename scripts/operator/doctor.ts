import type { DatabaseFault } from "#lib/db/examine";
import type { Stop } from "#lib/delivery/stops";
import { explain } from "../machine/refusal.ts";

/** The checks of `npm run doctor` and their findings. */

export type Finding =
  | DatabaseFault
  | { is: "unreachable"; why: string }
  | { is: "not_migrated" | "not_member" | "moved" | "timeline" | "no_mail" | "no_provider" | "pooler" | "no_connection_left" }
  | { is: "untrusted_proxy"; peer: string; header: string; trusted: boolean }
  | {
      is: "unreadable";
      what: "numbers" | "recovery_sets" | "app_seeds" | "provider_secrets" | "signing_keys" | "passwords" | "recovery_codes";
      key: string;
      count: number;
    }
  | { is: "audit_broken"; row: string }
  | { is: "audit_key" }
  | { is: "audit_unverified"; hours: number }
  | { is: "provider_unusable"; name: string }
  | { is: "provider_down"; name: string; channel: string; until: string; reason: string }
  | ({ is: "stopped" } & Stop)
  | { is: "provider_silent"; name: string; sent: number; silent: number }
  | { is: "no_worker"; minutes: number }
  | { is: "late" | "given_up"; count: number };

/** Seconds without the every-minute job after which no worker is considered to run. */
const IDLE_SECONDS = 150;

/** Returns true for a finding that the operator has accepted by name; it is printed and does not count as a fault. */
export const isAccepted = ({ is }: Finding): boolean => is === "one_login";

async function proxies(): Promise<Finding[]> {
  const { env } = await import("#lib/env");
  const { untrustedProxy } = await import("#lib/db/untrusted-proxy");
  const { trustedProxies } = await import("#lib/proxies");
  const seen = await untrustedProxy();
  if (!seen) return [];
  const trusted = trustedProxies(env().TRUSTED_PROXIES).includes(seen.peer);
  // A proxy that was untrusted then and is trusted now is no fault, unless it names clients in a header that is not read.
  return trusted && seen.header === "X-Forwarded-For" ? [] : [{ is: "untrusted_proxy", ...seen, trusted }];
}

async function providers(): Promise<Finding[]> {
  const { listProviderAccounts } = await import("#lib/delivery/provider-accounts/store");
  const { silentAccounts } = await import("#lib/delivery/provider-accounts/silent-accounts");
  const { env } = await import("#lib/env");
  const inUse = (await listProviderAccounts()).filter((line) => !line.disabled && (env().demo || line.kind !== "demo"));
  const usable = inUse.filter((line) => !line.secrets.includes("unreadable"));
  const carries = usable.some((line) => line.routes.some(({ channel }) => channel === "SMS"));
  return [
    ...(carries ? [] : [{ is: "no_provider" } as const]),
    ...inUse.filter((line) => !usable.includes(line)).map(({ name }) => ({ is: "provider_unusable", name }) as const),
    ...usable.flatMap(({ name, down }) =>
      down.map((one) => ({ is: "provider_down", name, ...one, channel: one.channel.toLowerCase() }) as const),
    ),
    ...(await silentAccounts()).map(({ name, sent, silent }) => ({ is: "provider_silent", name, sent, silent }) as const),
  ];
}

async function stops(): Promise<Finding[]> {
  const { listStops } = await import("#lib/delivery/stops");
  return (await listStops()).map((stop) => ({ is: "stopped", ...stop }) as const);
}

async function queue(): Promise<Finding[]> {
  const { queueState } = await import("#lib/jobs/state");
  const { idle, late, givenUp } = await queueState();
  return [
    ...(idle > IDLE_SECONDS ? [{ is: "no_worker", minutes: Math.floor(idle / 60) } as const] : []),
    ...(late > 0 ? [{ is: "late", count: late } as const] : []),
    ...(givenUp > 0 ? [{ is: "given_up", count: givenUp } as const] : []),
  ];
}

/** Maximum time for the doctor's own verification of the audit log, in milliseconds; for a longer log it reports the job's result. */
const AUDIT_MS = 10_000;
/** Hours after which a complete round of the verification job is overdue. */
const AUDIT_HOURS = 48;

async function audit(): Promise<Finding[]> {
  const { verifyChain } = await import("#lib/audit/verify");
  const { readProgress } = await import("#lib/audit/watch");
  const { SealError } = await import("#lib/crypto/seal");
  const { sql } = await import("#lib/db/sql");
  // Verification would create the key at its first use, and the doctor changes nothing.
  const [key] = await sql<{ made: boolean; first: string | null }>`
    SELECT EXISTS (SELECT FROM durable_keys WHERE name = 'audit') AS made, (SELECT event_id FROM audit_seals ORDER BY position LIMIT 1) AS first`;
  if (!key?.made) return key?.first ? [{ is: "audit_broken", row: key.first }] : [];
  try {
    const { broken, complete } = await verifyChain({ until: performance.now() + AUDIT_MS });
    if (broken) return [{ is: "audit_broken", row: broken.eventId }];
    if (complete) return [];
    const progress = await readProgress();
    if (progress === "forged") return [{ is: "audit_broken", row: "0" }];
    if (progress?.broken) return [{ is: "audit_broken", row: progress.broken.eventId }];
    const hours = Math.floor((Date.now() - (progress?.wholeAt ?? progress?.beganAt ?? Date.now())) / 3_600_000);
    return hours > AUDIT_HOURS ? [{ is: "audit_unverified", hours }] : [];
  } catch (error) {
    if (error instanceof SealError) return [{ is: "audit_key" }];
    throw error;
  }
}

/** Returns why the database cannot be queried. */
function silence(error: unknown): Finding {
  const cause = (error instanceof Error && error.cause) || error;
  const { code, message = "" } = cause as { code?: unknown; message?: string };
  // A database without migrations does not have the role either (22023, invalid_parameter_value).
  if (code === "22023") return { is: "not_migrated" };
  // 42501: the login may not assume the role.
  if (code === "42501") return { is: "not_member" };
  if (code === "53300") return { is: "no_connection_left" };
  return code === "08P01" && message.includes("startup parameter") ? { is: "pooler" } : { is: "unreachable", why: explain(cause) };
}

/** Returns all findings, the worst first; checks that a finding makes impossible are skipped. */
export async function examine(): Promise<Finding[]> {
  const { sql } = await import("#lib/db/sql");
  const { examineOurLogin, examineServer } = await import("#lib/db/examine");
  const { isPooled } = await import("#lib/db/server-state");
  const { checkReady } = await import("#lib/db/ready");
  const { homeState } = await import("#lib/db/home");
  const { unreadable } = await import("#lib/jobs/state");
  const { canSendMail } = await import("#lib/mail/transport");
  try {
    if (await isPooled()) return [{ is: "pooler" }];
    await sql`SELECT 1`;
  } catch (error) {
    return [silence(error)];
  }
  if (!(await checkReady())) return [{ is: "not_migrated" }];
  const home = await homeState();
  return [
    ...(home === "moved" || home === "timeline" ? [{ is: home } as const] : []),
    ...(await examineOurLogin()),
    ...(await proxies()),
    ...(await audit()),
    ...(await examineServer().catch((error: unknown) => [silence(error)])),
    ...(await unreadable()).map((one) => ({ is: "unreadable", ...one }) as const),
    ...(canSendMail() ? [] : [{ is: "no_mail" } as const]),
    ...(await stops()),
    ...(await providers()),
    ...(await queue()),
  ];
}
