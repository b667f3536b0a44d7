/** Pure: what the third step of the set-up guide asks for, in one place, for its page, its state and its report. */

/** The lines whose handsets the guide lists: the four networks, their second brands, a virtual operator, and a contract for data alone. */
export const lines = ["docomo", "au", "softbank", "rakuten", "ymobile", "uq", "mvno", "data_only"] as const;
export type Line = (typeof lines)[number];
export const systems = ["iphone", "android"] as const;
export type System = (typeof systems)[number];

/** What a text rehearses besides a handset: it is refused, the contract has no SMS, the first account is left out, all are. */
export const scenes = ["refused", "no_sms", "first_off", "all_down"] as const;
export type Scene = (typeof scenes)[number];

/** The networks of Japan, of which one handset each is needed. */
export const networks = ["docomo", "au", "softbank", "rakuten"] as const satisfies readonly Line[];

/** How long a handset and a rehearsal count, and how long the delivery of an account does, in days. */
export const COUNTS_DAYS = { rehearsal: 90, account: 30 } as const;

/** What became of a rehearsal: `leftOut` are the accounts that it was kept from, `provider` the one that took it last. */
export type Result = { status: string; reason: string | null; provider: string | null; leftOut: readonly string[] };

/** Reasons that are about us and the services, so that the number was not heard of. */
const OURS = ["provider_down", "unknown", "sending_stopped", "budget_spent", "throttled", "rejected"];

/** Whether a rehearsal came out as it has to. */
export function passes(scene: Scene, { status, reason, provider, leftOut }: Result): boolean {
  if (scene === "first_off") return status === "delivered" && leftOut.length > 0 && provider !== null && !leftOut.includes(provider);
  if (scene === "all_down") return status === "failed" && reason === "provider_down" && leftOut.length > 0 && provider === null;
  return status === "undelivered" || (status === "failed" && reason !== null && !OURS.includes(reason));
}

/** What counts now: handsets that showed a whole text, rehearsals that passed, accounts in use, and those of them that delivered. */
export type Seen = {
  whole: readonly { line: string; system: string }[];
  passed: readonly Scene[];
  inUse: readonly string[];
  proven: readonly string[];
};

/** One need of the third step: a network, a system, a rehearsal, or an account in use. */
export type Need = { of: "network" | "system" | "scene" | "account"; name: string; met: boolean };

/**
 * Lists what is enough: a whole text on a handset of each network and of each system, each rehearsal once, and a delivery by each account in use.
 * Without a second account nothing can be left out, so that rehearsal is not asked for.
 */
export function needsOf({ whole, passed, inUse, proven }: Seen): Need[] {
  const asked = scenes.filter((scene) => scene !== "first_off" || inUse.length > 1);
  return [
    ...networks.map((name): Need => ({ of: "network", name, met: whole.some(({ line }) => line === name) })),
    ...systems.map((name): Need => ({ of: "system", name, met: whole.some(({ system }) => system === name) })),
    ...asked.map((name): Need => ({ of: "scene", name, met: passed.includes(name) })),
    ...inUse.map((name): Need => ({ of: "account", name, met: proven.includes(name) })),
  ];
}
