import type { Demand, Rule } from "#lib/policy/rule";
import { type Settings, storedAs } from "#lib/policy/settings";

/** Pure: which second factor an account needs, since when, and until when that is only announced (PSTN-08, JP-01, JP-03). */

/** A proven authenticator of an account; one that failures have disabled is still the account's. */
export type HeldFactor = { kind: string; disabled: boolean };

/** The facts of an account that rules depend on. */
export type Judged = { roles: readonly string[]; groups: readonly string[]; factors: readonly HeldFactor[] };

/** A demand that excludes at least one kind. */
export type Strict = Exclude<Demand, "any">;

/** The demand of a rule on an account: counted from a day on, and enforced when the grace is over. */
export type Needed = {
  factor: Strict;
  from: Date;
  until: Date;
  /** Whether the account has a usable factor that the demand permits. */
  met: boolean;
};

/** What is in force for an account, and the stricter demand that comes next. */
export type Requirement = { required: Needed | null; announced: Needed | null };

const NOTHING: Requirement = { required: null, announced: null };

/** The kinds that satisfy a demand. Recovery codes satisfy none, because they are a fallback and not a factor for every day. */
const PERMITTED: Record<Strict, readonly string[]> = { not_pstn: ["totp", "passkey"], passkey: ["passkey"] };

/** The kinds that a demand can exclude: those that sign-ins rest on. */
export const LIVED_BY = ["phone", "totp", "passkey"];

/** How strict a demand is. */
const rank: Record<Demand, number> = { any: 0, not_pstn: 1, passkey: 2 };

export const permits = (factor: Strict, kind: string): boolean => PERMITTED[factor].includes(kind);

const DAY = 86_400_000;
/** Midnight in Japan, whose calendar the rules are written in. */
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00+09:00`);

/** When a rule begins, and when it is enforced. */
export const timesOf = ({ from, graceDays }: Pick<Rule, "from" | "graceDays">): { from: Date; until: Date } => ({
  from: new Date(dayOf(from)),
  until: new Date(dayOf(from) + graceDays * DAY),
});

const concerns = ({ who }: Rule, { roles, groups }: Judged): boolean =>
  who === "everybody" || ("role" in who ? roles.includes(who.role) : groups.includes(who.group));

/** The rules of both settings together. */
export const rulesOf = ({ noPstn, requirements }: Pick<Settings, "noPstn" | "requirements">): Rule[] =>
  noPstn.from === null
    ? requirements
    : [...requirements, { who: "everybody", factor: "not_pstn", from: noPstn.from, graceDays: noPstn.graceDays }];

/**
 * Returns the requirement of an account: the strictest rule in force and, of the stricter rules that are only announced, the first to begin. A
 * rule for any factor demands nothing.
 */
export function requirementOf(account: Judged, rules: readonly Rule[], now: Date): Requirement {
  const needed = rules
    .filter((rule) => concerns(rule, account))
    .flatMap(({ factor, ...rule }): Needed[] =>
      factor === "any"
        ? []
        : [{ factor, ...timesOf(rule), met: account.factors.some(({ kind, disabled }) => !disabled && permits(factor, kind)) }],
    );
  if (needed.length === 0) return NOTHING;
  const earliest = (a: Needed, b: Needed) => a.until.getTime() - b.until.getTime();
  const [required = null] = needed.filter(({ until }) => until <= now).sort((a, b) => rank[b.factor] - rank[a.factor] || earliest(a, b));
  const [announced = null] = needed
    .filter(({ until, factor }) => until > now && rank[factor] > rank[required?.factor ?? "any"])
    .sort((a, b) => earliest(a, b) || rank[b.factor] - rank[a.factor]);
  return { required, announced };
}

/**
 * The kinds that an account can no longer use: a rule in force excludes them, and the account was given a factor that the rule permits. A
 * permitted factor that failures have disabled does not re-admit the phone; recovery codes stay usable.
 */
export function barredKinds({ required }: Requirement, factors: readonly HeldFactor[]): string[] {
  if (required === null || !factors.some(({ kind }) => permits(required.factor, kind))) return [];
  return LIVED_BY.filter((kind) => !permits(required.factor, kind));
}

/** Returns true if an account has to add a permitted factor before anything else. */
export const mustEnrol = ({ required }: Requirement): boolean => required !== null && !required.met;

/** The facts of an account that a statement reads for its rules (the view `account_facts`); null without an account. */
export type AccountFacts = {
  roles: string[];
  groups: string[];
  factors: HeldFactor[];
  noPstn: unknown;
  requirements: unknown;
  now: string;
} | null;

/** Returns the requirement of an account from the facts that its statement read. */
export const requirementFrom = (facts: AccountFacts): Requirement =>
  facts === null || (facts.noPstn === null && facts.requirements === null)
    ? NOTHING
    : requirementOf(
        facts,
        rulesOf({ noPstn: storedAs("noPstn", facts.noPstn), requirements: storedAs("requirements", facts.requirements) }),
        new Date(facts.now),
      );

/** The kinds that rules no longer take from the account of a statement. */
export const barredFrom = (facts: AccountFacts): string[] => barredKinds(requirementFrom(facts), facts?.factors ?? []);
