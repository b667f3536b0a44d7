import { explain } from "../refusal.ts";

/** What `npm run doctor` looks at, and what it found wrong; the words are beside it. */

export type Finding =
  | { is: "unreachable"; why: string }
  | { is: "not_migrated" | "moved" | "timeline" | "no_mail" | "no_provider" | "pooler" | "no_connection_left" }
  | { is: "unsupported"; version: number; oldest: number; newest: number }
  | { is: "unsafe"; name: string }
  | { is: "overruled"; settings: { name: string; found: string; wanted: string }[] }
  | { is: "clock_apart"; seconds: number }
  | { is: "few_connections"; allowed: number; needed: number; processes: number }
  | {
      is: "unreadable";
      what: "numbers" | "recovery_sets" | "provider_secrets" | "passwords" | "recovery_codes";
      key: string;
      count: number;
    }
  | { is: "provider_unusable"; name: string }
  | { is: "provider_down"; name: string; channel: string; until: string; reason: string }
  | { is: "no_worker"; minutes: number }
  | { is: "late" | "given_up"; count: number };

/** Seconds without the work of a minute after which nobody does it. */
const IDLE_SECONDS = 150;

async function providers(): Promise<Finding[]> {
  const { listAccounts } = await import("#lib/delivery/accounts");
  const { env } = await import("#lib/env");
  const inUse = (await listAccounts()).filter((line) => !line.disabled && (env().demo || line.kind !== "demo"));
  const usable = inUse.filter((line) => !line.secrets.includes("unreadable"));
  const carries = usable.some((line) => line.routes.some(({ channel }) => channel === "SMS"));
  return [
    ...(carries ? [] : [{ is: "no_provider" } as const]),
    ...inUse.filter((line) => !usable.includes(line)).map(({ name }) => ({ is: "provider_unusable", name }) as const),
    ...usable.flatMap(({ name, down }) =>
      down.map((one) => ({ is: "provider_down", name, ...one, channel: one.channel.toLowerCase() }) as const),
    ),
  ];
}

async function queue(): Promise<Finding[]> {
  const { queueState } = await import("#lib/jobs/state");
  const { idle, late, given_up } = await queueState();
  return [
    ...(idle > IDLE_SECONDS ? [{ is: "no_worker", minutes: Math.floor(idle / 60) } as const] : []),
    ...(late > 0 ? [{ is: "late", count: late } as const] : []),
    ...(given_up > 0 ? [{ is: "given_up", count: given_up } as const] : []),
  ];
}

/** Seconds by which the clocks of the server and of this machine may differ. */
const CLOCKS_APART = 5;

async function server(): Promise<Finding[]> {
  const { serverState } = await import("#lib/db/server-state");
  const { SUPPORTED } = await import("#lib/db/version");
  const { version, unsafe, overruled, clockAhead, connections } = await serverState();
  return [
    ...(version < SUPPORTED.oldest || version > SUPPORTED.newest ? [{ is: "unsupported", version, ...SUPPORTED } as const] : []),
    ...unsafe.map((name) => ({ is: "unsafe", name }) as const),
    ...(overruled.length > 0 ? [{ is: "overruled", settings: overruled } as const] : []),
    ...(Math.abs(clockAhead) > CLOCKS_APART ? [{ is: "clock_apart", seconds: Math.round(clockAhead) } as const] : []),
    ...(connections.allowed < connections.needed ? [{ is: "few_connections", ...connections } as const] : []),
  ];
}

/** Why the database cannot be asked. */
function silence(error: unknown): Finding {
  const cause = (error instanceof Error && error.cause) || error;
  const { code, message = "" } = cause as { code?: unknown; message?: string };
  // A server that was never migrated does not know the role either (22023, invalid_parameter_value).
  if (code === "22023") return { is: "not_migrated" };
  if (code === "53300") return { is: "no_connection_left" };
  return code === "08P01" && message.includes("startup parameter") ? { is: "pooler" } : { is: "unreachable", why: explain(cause) };
}

/** Everything that is wrong, the worst first; what cannot be asked because of it is not asked. */
export async function examine(): Promise<Finding[]> {
  const { sql } = await import("#lib/db/sql");
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
    ...(await server().catch((error: unknown) => [silence(error)])),
    ...(await unreadable()).map((one) => ({ is: "unreadable", ...one }) as const),
    ...(canSendMail() ? [] : [{ is: "no_mail" } as const]),
    ...(await providers()),
    ...(await queue()),
  ];
}
