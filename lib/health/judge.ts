/** Pure: what counts as wrong, from what was measured. */

export const conditionKinds = [
  "provider_down",
  "delivery_falling",
  "delivery_slow",
  "receipts_silent",
  "unusual_volume",
  "new_destination",
  "numbers_in_a_row",
  "budget_low",
  "queue_late",
  "worker_idle",
  "database_slow",
  "cases_waiting",
  "audit_unverified",
  "certificate_ends",
  "key_old",
] as const;
/** What can be wrong. */
export type ConditionKind = (typeof conditionKinds)[number];

/** One thing that is wrong; `facts` are figures and names for its words, never a number or an address of a person. */
export type Condition = { kind: ConditionKind; subject: string; facts: Record<string, string | number> };

/** Shares are of 1, times in seconds. */
export const LIMITS = {
  /** Messages of an hour from which a share says something. */
  few: 20,
  /** The share of deliveries of the last hour below which it falls, as part of that of the same hour of other days. */
  deliveryPart: 0.8,
  /** How many times the usual seconds are slow, and from how many seconds on. */
  slowTimes: 3,
  slowSeconds: 20,
  /** How many times the highest usual volume of the hour is unusual, and from how many messages on. */
  volumeTimes: 3,
  volumeFrom: 100,
  /** The share of a budget that is told. */
  budget: 0.8,
  queueSeconds: 60,
  idleSeconds: 180,
  databaseMs: 250,
  /** Hours without a whole round of the audit log's verification. */
  auditHours: 6,
  /** Hours that a case waits for a person before it is told. */
  caseHours: 24,
  /** Days before its end at which the certificate of the site is told: what renews by itself has done so by then. */
  certificateDays: 14,
  /** Days after which the key that signs receipts is old. */
  keyDays: 400,
} as const;

/** What was measured of one provider account and channel in the last hour, and in the same hour of the seven days before. */
export type Delivered = {
  name: string;
  channel: string;
  ended: number;
  delivered: number;
  usualEnded: number;
  usualDelivered: number;
  seconds: number | null;
  usualSeconds: number | null;
};

/** Everything that is measured at once. */
export type Measured = {
  down: { name: string; channel: string; reason: string | null }[];
  delivered: Delivered[];
  silent: { name: string; sent: number; silent: number }[];
  volume: { channel: string; now: number; usual: number }[];
  destinations: { country: string; sends: number }[];
  blocks: { country: string; until: string }[];
  budgets: { name: string; subject: string; used: number; max: number }[];
  late: number;
  idle: number;
  databaseMs: number;
  cases: number;
  auditSilentHours: number | null;
  /** Days until the certificate of the site ends; null where it was not read. */
  certificateDays: number | null;
  /** Days since the key that signs receipts was made; null without one. */
  keyDays: number | null;
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const percent = (value: number): number => Math.round(value * 100);

function deliveryOf(one: Delivered): Condition[] {
  const { name, channel, ended, usualEnded } = one;
  const [now, usual] = [share(one.delivered, ended), share(one.usualDelivered, usualEnded)];
  const subject = `${name} ${channel}`;
  const falls = ended >= LIMITS.few && usualEnded >= LIMITS.few && now < usual * LIMITS.deliveryPart;
  const slow =
    ended >= LIMITS.few &&
    one.seconds !== null &&
    one.usualSeconds !== null &&
    one.seconds >= LIMITS.slowSeconds &&
    one.seconds >= one.usualSeconds * LIMITS.slowTimes;
  return [
    ...(falls
      ? [{ kind: "delivery_falling" as const, subject, facts: { provider: name, channel, share: percent(now), usual: percent(usual) } }]
      : []),
    ...(slow
      ? [
          {
            kind: "delivery_slow" as const,
            subject,
            facts: { provider: name, channel, seconds: Math.round(one.seconds ?? 0), usual: Math.round(one.usualSeconds ?? 0) },
          },
        ]
      : []),
  ];
}

/** The conditions that what was measured amounts to. */
export function judge(measured: Measured): Condition[] {
  const {
    down,
    delivered,
    silent,
    volume,
    destinations,
    blocks,
    budgets,
    late,
    idle,
    databaseMs,
    cases,
    auditSilentHours,
    certificateDays,
    keyDays,
  } = measured;
  return [
    ...down.map(
      ({ name, channel, reason }): Condition => ({
        kind: "provider_down",
        subject: `${name} ${channel}`,
        facts: { provider: name, channel, reason: reason ?? "unknown" },
      }),
    ),
    ...delivered.flatMap(deliveryOf),
    ...silent.map(
      (one): Condition => ({
        kind: "receipts_silent",
        subject: one.name,
        facts: { provider: one.name, silent: one.silent, sent: one.sent },
      }),
    ),
    ...volume
      .filter(({ now, usual }) => now >= LIMITS.volumeFrom && now > usual * LIMITS.volumeTimes)
      .map(({ channel, now, usual }): Condition => ({ kind: "unusual_volume", subject: channel, facts: { channel, now, usual } })),
    ...destinations.map(({ country, sends }): Condition => ({ kind: "new_destination", subject: country, facts: { country, sends } })),
    ...blocks.map(({ country, until }): Condition => ({ kind: "numbers_in_a_row", subject: country, facts: { country, until } })),
    ...budgets
      .filter(({ used, max }) => used >= max * LIMITS.budget)
      .map(
        ({ name, subject, used, max }): Condition => ({
          kind: "budget_low",
          subject: `${name} ${subject}`,
          facts: { name, subject, used, max },
        }),
      ),
    ...(late > 0 ? [{ kind: "queue_late" as const, subject: "", facts: { late } }] : []),
    ...(idle > LIMITS.idleSeconds ? [{ kind: "worker_idle" as const, subject: "", facts: { minutes: Math.round(idle / 60) } }] : []),
    ...(databaseMs > LIMITS.databaseMs
      ? [{ kind: "database_slow" as const, subject: "", facts: { milliseconds: Math.round(databaseMs) } }]
      : []),
    ...(cases > 0 ? [{ kind: "cases_waiting" as const, subject: "", facts: { cases, hours: LIMITS.caseHours } }] : []),
    ...(auditSilentHours !== null && auditSilentHours >= LIMITS.auditHours
      ? [{ kind: "audit_unverified" as const, subject: "", facts: { hours: Math.floor(auditSilentHours) } }]
      : []),
    ...(certificateDays !== null && certificateDays < LIMITS.certificateDays
      ? [{ kind: "certificate_ends" as const, subject: "", facts: { days: Math.max(0, Math.floor(certificateDays)) } }]
      : []),
    ...(keyDays !== null && keyDays > LIMITS.keyDays
      ? [{ kind: "key_old" as const, subject: "", facts: { days: Math.floor(keyDays) } }]
      : []),
  ];
}
