import { resolveTxt } from "node:dns/promises";
import { accountsInUse, provenWithin } from "#lib/console/proven";
import { currentRehearsals, readNeeds } from "#lib/console/rehearsals";
import { serverState } from "#lib/db/server-state";
import { sql } from "#lib/db/sql";
import { untrustedProxy } from "#lib/db/untrusted-proxy";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import { ownBodies } from "#lib/delivery/wording/templates";
import { type Locale, shippedBodies, smsText } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import { readMailFrom } from "#lib/env/mail-from";
import { canSendMail } from "#lib/mail/transport";
import { codeTemplates, codeWords } from "#lib/purposes/messages";
import { listMembers } from "#lib/staff/people";

/** How far an operator is from no contract to go-live: every state is computed from rows, settings, receipts and DNS, and none is a tick. */

/** The facts that go-live asks for, in the order in which they are shown. */
export const factNames = [
  "https",
  "proxy",
  "demo",
  "database",
  "clock",
  "administrators",
  "mail",
  "spf",
  "dmarc",
  "proven",
  "rate",
  "budget",
  "segments",
] as const;
export type FactName = (typeof factNames)[number];

/** One fact: whether it holds, null where it could not be looked up now, and what was found. */
export type Fact = { name: FactName; holds: boolean | null; found: string };

/** Longest wait for an answer of the DNS, in milliseconds. */
const DNS_MS = 2_000;

/** The TXT records of a name; null where the DNS gave no answer, which is not the answer that there are none. */
async function txtOf(name: string): Promise<string[] | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), DNS_MS).unref());
  const asked = resolveTxt(name)
    .then((records) => records.map((parts) => parts.join("")))
    .catch((error: { code?: string }) => (error.code === "ENODATA" || error.code === "ENOTFOUND" ? [] : null));
  return Promise.race([asked, late]);
}

const domainOfMail = (): string | null => readMailFrom(env().MAIL_FROM ?? "")?.domain ?? null;

/** Whether the domain of the mails publishes a record that begins so (RFC 7208, RFC 7489). */
async function published(name: "spf" | "dmarc", domain: string | null, find = txtOf): Promise<Fact> {
  if (!domain) return { name, holds: false, found: "" };
  const [host, begins] = name === "spf" ? [domain, /^v=spf1(?: |$)/i] : [`_dmarc.${domain}`, /^v=DMARC1\s*(?:;|$)/i];
  const records = await find(host);
  if (records === null) return { name, holds: null, found: host };
  return { name, holds: records.some((record) => begins.test(record)), found: host };
}

/** The longest text of a code in segments, of every purpose in both languages as it is sent now. */
export async function longestText(): Promise<number> {
  const own = await ownBodies();
  const counts = codeTemplates.flatMap((template) =>
    (["ja", "en"] as Locale[]).map((locale) => {
      const body = own.find((one) => one.template === template && one.locale === locale)?.body ?? shippedBodies[locale];
      return segmentsOf(smsText(codeWords[template], locale, "000000", serviceOf(locale), body));
    }),
  );
  return Math.max(...counts);
}

/** Whether the login of this process owns the audit log, or may take its owner's part: then it could rewrite it. */
async function ownsTheLog(): Promise<boolean> {
  const [row] = await sql<{ owns: boolean }>`
    SELECT r.rolsuper OR pg_has_role(session_user, c.relowner, 'MEMBER') AS owns
    FROM pg_roles r, pg_class c WHERE r.rolname = session_user AND c.oid = 'audit_events'::regclass`;
  return row?.owns !== false;
}

async function database(): Promise<Fact[]> {
  const [state, owns] = [await serverState().catch(() => null), await ownsTheLog()];
  const wrong = state && [...state.unsafe, ...state.overruled.map(({ name }) => name), ...(owns ? ["login"] : [])];
  return [
    { name: "database", holds: wrong ? wrong.length === 0 : null, found: wrong?.join(", ") ?? "" },
    { name: "clock", holds: state ? Math.abs(state.clockAhead) <= 5 : null, found: state ? state.clockAhead.toFixed(1) : "" },
  ];
}

/** Reads every fact of go-live now. */
export async function readFacts(find = txtOf): Promise<Fact[]> {
  const domain = domainOfMail();
  const [rows, members, seen, proven, inUse, segments, spf, dmarc] = await Promise.all([
    database(),
    listMembers(),
    untrustedProxy(),
    provenWithin(7),
    accountsInUse(),
    longestText(),
    published("spf", domain, find),
    published("dmarc", domain, find),
  ]);
  const ready = members.filter(
    ({ roles, disabled, mayApproveAt }) => roles.includes("administrator") && !disabled && mayApproveAt === null,
  );
  const priced = inUse.filter(({ price }) => price !== null);
  const budget = env().SENDS_PER_DAY;
  const facts: Fact[] = [
    { name: "https", holds: env().publicOrigin.startsWith("https:"), found: env().publicOrigin },
    { name: "proxy", holds: seen === null, found: seen?.peer ?? "" },
    { name: "demo", holds: !env().demo, found: env().SEKISHO_MODE },
    ...rows,
    { name: "administrators", holds: ready.length >= 2, found: String(ready.length) },
    { name: "mail", holds: canSendMail() && !env().demo, found: domain ?? "" },
    spf,
    dmarc,
    { name: "proven", holds: proven.length > 0, found: proven.join(", ") },
    { name: "rate", holds: inUse.length > 0 && priced.length === inUse.length, found: `${priced.length} / ${inUse.length}` },
    { name: "budget", holds: budget !== undefined, found: budget === undefined ? "" : String(budget) },
    { name: "segments", holds: segments === 1, found: String(segments) },
  ];
  return factNames.flatMap((name) => facts.filter((one) => one.name === name));
}

/** The four steps of the guide. */
export const steps = ["choose", "link", "rehearse", "go-live"] as const;
export type StepName = (typeof steps)[number];

/** One step: done, begun or not begun, with the count that says so. */
export type StepState = { name: StepName; state: "done" | "begun" | "open"; have: number; of: number };

const stepOf = (name: StepName, have: number, of: number): StepState => ({
  name,
  state: of > 0 && have >= of ? "done" : have > 0 ? "begun" : "open",
  have,
  of,
});

/**
 * Judges the four steps: a contract has its rate, an account in use has been heard from, handsets and rehearsals showed what
 * `needsOf` asks for, and the facts of go-live hold.
 */
export async function readSteps(facts: readonly Fact[]): Promise<StepState[]> {
  const lines = await accountsInUse();
  const usable = lines.filter(({ secrets, down }) => !secrets.includes("unreadable") && down.length === 0);
  const needs = await readNeeds(await currentRehearsals());
  const of = Math.max(1, lines.length);
  return [
    stepOf("choose", lines.filter(({ price }) => price !== null).length, of),
    stepOf("link", usable.length, of),
    stepOf("rehearse", needs.filter(({ met }) => met).length, needs.length),
    stepOf("go-live", facts.filter(({ holds }) => holds === true).length, facts.length),
  ];
}

/** The product's clock, by which facts are old. */
export async function readClock(): Promise<Date> {
  const [row] = await sql<{ at: string }>`SELECT to_json(app_now())#>>'{}' AS at`;
  return new Date(row?.at ?? 0);
}
