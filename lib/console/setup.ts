import { resolveTxt } from "node:dns/promises";
import { contractsInUse, provenWithin } from "#lib/console/proven";
import { currentRehearsals, readNeeds } from "#lib/console/rehearsals";
import { keyFingerprint } from "#lib/crypto/proofs";
import { examineOurLogin, examineServer } from "#lib/db/examine";
import { sql } from "#lib/db/sql";
import { untrustedProxy } from "#lib/db/untrusted-proxy";
import { isMailStopped } from "#lib/delivery/stops";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import { ownBodies } from "#lib/delivery/wording/templates";
import { type Locale, shippedBodies, smsText } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import { readMailFrom } from "#lib/env/mail-from";
import { queue } from "#lib/health/measure";
import { budgetsNow } from "#lib/limits/budgets";
import { canSendMail } from "#lib/mail/transport";
import { refreshSettings, settingsNow } from "#lib/policy/read";
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
  "dkim",
  "dmarc",
  "notices",
  "proven",
  "rate",
  "budget",
  "segments",
  "keys",
  "restored",
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

type MailRecord = "spf" | "dkim" | "dmarc";

/** Where a record of the domain is published, and how it reads (RFC 7208, RFC 6376, RFC 7489); DKIM is looked up by the selector of the policy. */
function placeOf(name: MailRecord, domain: string): [host: string, reads: RegExp] | null {
  const { dkimSelector } = settingsNow();
  if (name === "spf") return [domain, /^v=spf1(?: |$)/i];
  if (name === "dmarc") return [`_dmarc.${domain}`, /^v=DMARC1\s*(?:;|$)/i];
  // A key without a value is withdrawn.
  return dkimSelector === null ? null : [`${dkimSelector}._domainkey.${domain}`, /(?:^|;)\s*p=\s*[A-Za-z0-9+/]/];
}

/** Whether the domain of the mails publishes a record. */
export async function published(name: MailRecord, domain: string | null, find = txtOf): Promise<Fact> {
  const place = domain === null ? null : placeOf(name, domain);
  if (!place) return { name, holds: false, found: "" };
  const [host, reads] = place;
  const records = await find(host);
  if (records === null) return { name, holds: null, found: host };
  return { name, holds: records.some((record) => reads.test(record)), found: host };
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

/** The server and our login to it as the doctor sees them; where the server cannot be asked, nothing is claimed. */
async function database(): Promise<Fact[]> {
  const found = await Promise.all([examineOurLogin(), examineServer()])
    .then((both) => both.flat())
    .catch(() => null);
  const apart = found?.find((one) => one.is === "clock_apart");
  const wrong = found?.flatMap((one) => {
    if (one.is === "unsafe") return [one.name];
    if (one.is === "overruled") return one.settings.map(({ name }) => name);
    return one.is === "clock_apart" ? [] : [one.is];
  });
  return [
    { name: "database", holds: wrong ? wrong.length === 0 : null, found: wrong?.join(", ") ?? "" },
    { name: "clock", holds: found ? apart === undefined : null, found: apart ? String(apart.seconds) : "" },
  ];
}

/** Seconds without the job of every minute after which no worker is taken to run. */
const WORKER_IDLE_SECONDS = 150;

/** The latest proof of each fact that only a person can have seen, with its day in Japan. */
const seenFacts = () => sql<{ name: "keys" | "restored"; value: string; day: string }>`
  SELECT DISTINCT ON (name) name, value, to_char(created_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day FROM seen_facts ORDER BY name, id DESC`;

/** A copy of the key that is active now was opened, and a backup was restored once. */
async function seen(): Promise<Fact[]> {
  const rows = await seenFacts();
  const [keys, restored] = [rows.find(({ name }) => name === "keys"), rows.find(({ name }) => name === "restored")];
  return [
    { name: "keys", holds: keys?.value === keyFingerprint(), found: keys?.day ?? "" },
    { name: "restored", holds: restored !== undefined, found: restored?.value ?? "" },
  ];
}

/** Notices leave: mail can be sent and is not stopped, and a worker takes what waits. */
async function notices(): Promise<Fact> {
  const [stopped, { idle }] = await Promise.all([isMailStopped(), queue()]);
  const missing = [...(canSendMail() ? [] : ["SMTP_URL"]), ...(stopped ? ["mail"] : []), ...(idle > WORKER_IDLE_SECONDS ? ["worker"] : [])];
  return { name: "notices", holds: missing.length === 0, found: missing.join(", ") };
}

/** The budgets that are set, in the policy or the environment: messages of a day, yen of a month. */
function budget(): Fact {
  const { SENDS_PER_DAY: perDay } = budgetsNow();
  const { budgetYenPerMonth: yen } = settingsNow();
  const found = [...(perDay === undefined ? [] : [`${perDay} / 24 h`]), ...(yen === null ? [] : [`¥${yen}`])];
  return { name: "budget", holds: found.length > 0, found: found.join(", ") };
}

/** Reads every fact of go-live now. */
export async function readFacts(find = txtOf): Promise<Fact[]> {
  const domain = domainOfMail();
  await refreshSettings();
  const [rows, members, relay, proven, inUse, segments, ...found] = await Promise.all([
    database(),
    listMembers(),
    untrustedProxy(),
    provenWithin(7, false),
    contractsInUse(),
    longestText(),
    published("spf", domain, find),
    published("dkim", domain, find),
    published("dmarc", domain, find),
    notices(),
    seen(),
  ]);
  const ready = members.filter(
    ({ roles, disabled, mayApproveAt }) => roles.includes("administrator") && !disabled && mayApproveAt === null,
  );
  const rated = inUse.filter(({ priced }) => priced);
  const facts: Fact[] = [
    { name: "https", holds: env().publicOrigin.startsWith("https:"), found: env().publicOrigin },
    { name: "proxy", holds: relay === null, found: relay?.peer ?? "" },
    { name: "demo", holds: !env().demo, found: env().SEKISHO_MODE },
    ...rows,
    { name: "administrators", holds: ready.length >= 2, found: String(ready.length) },
    { name: "mail", holds: canSendMail() && !env().demo, found: domain ?? "" },
    ...found.flat(),
    { name: "proven", holds: proven.length > 0, found: proven.join(", ") },
    { name: "rate", holds: inUse.length > 0 && rated.length === inUse.length, found: `${rated.length}\u00a0/\u00a0${inUse.length}` },
    budget(),
    { name: "segments", holds: segments === 1, found: String(segments) },
  ];
  return factNames.flatMap((name) => facts.filter((one) => one.name === name));
}

/**
 * The facts without which an administrator may not open public sign-up: codes could be read on the way or by anybody, limits would count all clients
 * as one, no mail or text would arrive, or a lost key would take every account with it. The others are told and open it all the same.
 */
export const mustHold: readonly FactName[] = ["https", "proxy", "demo", "mail", "proven", "keys"];

/** The facts that hold public sign-up closed; a demo opens it freely. */
export const holding = (facts: readonly Fact[], demo = env().demo): FactName[] =>
  demo ? [] : facts.filter(({ name, holds }) => mustHold.includes(name) && holds !== true).map(({ name }) => name);

/** The facts that a start in production decides: it refuses to start without https, and is told there how mail is sent. */
const OF_THE_START: readonly FactName[] = ["https", "demo", "mail"];

/** What is left before going public: whether to start without demo mode, and the facts that are open then, those that must hold first. */
export function whatIsLeft(facts: readonly Fact[], demo = env().demo): { start: boolean; facts: FactName[] } {
  const open = facts.filter(({ name, holds }) => holds !== true && !(demo && OF_THE_START.includes(name))).map(({ name }) => name);
  return { start: demo, facts: [...open.filter((name) => mustHold.includes(name)), ...open.filter((name) => !mustHold.includes(name))] };
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
 * Judges the four steps: a contract has its rate, its account has been heard from, handsets and rehearsals showed what
 * `needsOf` asks for, and the facts of go-live hold.
 */
export async function readSteps(facts: readonly Fact[]): Promise<StepState[]> {
  const lines = await contractsInUse();
  const usable = lines.filter(({ secrets, down }) => !secrets.includes("unreadable") && down.length === 0);
  const needs = await readNeeds(await currentRehearsals());
  const of = Math.max(1, lines.length);
  return [
    stepOf("choose", lines.filter(({ priced }) => priced).length, of),
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
