import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { confirmFact } from "#lib/console/confirm-fact";
import { provenWithin } from "#lib/console/proven";
import { setCurrency, setRate } from "#lib/console/rates";
import { type FactName, factNames, holding, longestText, mustHold, published, readFacts, readSteps, whatIsLeft } from "#lib/console/setup";
import { today } from "#lib/console/usage";
import { dayAfter } from "#lib/console/usage-filter";
import { keyFingerprint, restoreProof } from "#lib/crypto/proofs";
import { noteRestored } from "#lib/db/home";
import { sql } from "#lib/db/sql";
import { addProviderAccount } from "#lib/delivery/provider-accounts/store";
import { sendTrial } from "#lib/delivery/provider-accounts/trial";
import { env } from "#lib/env";
import { budgetsNow } from "#lib/limits/budgets";
import { forgetSettings, refreshSettings } from "#lib/policy/read";
import { forgetPolicy, must, setClock, setPolicy } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

/** Runs a statement as the owner, since the application only adds to what was seen. */
async function owner(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function refreshed(): Promise<void> {
  forgetSettings();
  await refreshSettings();
}

const dns = (records: string[] | null) => async () => records;
const holds = async (name: FactName, find = dns([])) => (await readFacts(find)).find((one) => one.name === name)?.holds;
const stepOf = async (name: string) => (await readSteps(await readFacts(dns([])))).find((one) => one.name === name);

afterEach(() => setClock(0));
afterEach(async () => {
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
  await sql`UPDATE provider_accounts SET disabled_at = NULL`;
});

const gateway = { name: "gateway", kind: "webhook", baseUrl: "https://sms.example.jp", secrets: { secret: "s".repeat(40) } };
const alone = (name: string) => sql`UPDATE provider_accounts SET disabled_at = app_now() WHERE name <> ${name}`;

describe("What is left", () => {
  const facts = (open: FactName[]) => factNames.map((name) => ({ name, holds: !open.includes(name), found: "" }));

  it("is in a demo the start without it and the facts that stay open then, those that must hold first", () => {
    expect(whatIsLeft(facts(["https", "demo", "spf", "mail", "proven", "restored", "keys"]), true)).toEqual({
      start: true,
      facts: ["proven", "keys", "spf", "restored"],
    });
    expect(whatIsLeft(facts(["https", "demo", "mail"]), true)).toEqual({ start: true, facts: [] });
  });

  it("is in production every open fact, also one that cannot be looked up, and nothing once all hold", () => {
    expect(whatIsLeft(facts(["spf", "mail"]), false)).toEqual({ start: false, facts: ["mail", "spf"] });
    expect(whatIsLeft([{ name: "dmarc", holds: null, found: "" }], false).facts).toEqual(["dmarc"]);
    expect(whatIsLeft(facts([]), false)).toEqual({ start: false, facts: [] });
  });
});

describe("The set-up guide", () => {
  it("says nobody is an administrator who can approve until two are past their first days", async () => {
    await forgetStaff();
    await staffMember("administrator");
    expect(await holds("administrators")).toBe(false);
    await staffMember("administrator", 1);
    expect(await holds("administrators")).toBe(false);
    await staffMember("administrator");
    expect(await holds("administrators")).toBe(true);
  });

  it("proves a message service by a text that arrived, for seven days at go-live and thirty in the third step, and never by the demo phone", async () => {
    await alone("demo");
    await sql`DELETE FROM delivery_attempts`;
    expect(await provenWithin(7)).toEqual([]);
    must(await sendTrial({ name: "demo", to: "+819012340001", channel: "SMS", locale: "ja" }));
    await sql`UPDATE delivery_attempts SET status = 'undelivered'`;
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([false, "open"]);
    await sql`UPDATE delivery_attempts SET status = 'delivered'`;
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([false, "begun"]);
    const { id } = must(await addProviderAccount(gateway));
    await sql`UPDATE delivery_attempts SET provider = 'gateway', account_id = ${id}::uuid`;
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([true, "begun"]);
    await setClock(8 * 86_400);
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([false, "begun"]);
    await setClock(31 * 86_400);
    expect((await stepOf("rehearse"))?.state).toBe("open");
  });

  it("counts a contract by its rate and a link by an account in use whose secrets open, and takes the demo phone for neither", async () => {
    expect([(await stepOf("choose"))?.state, (await stepOf("link"))?.state]).toEqual(["open", "open"]);
    const { id } = must(await addProviderAccount(gateway));
    expect([(await stepOf("choose"))?.state, (await stepOf("link"))?.state]).toEqual(["open", "done"]);
    await sql`UPDATE provider_accounts SET price_per_segment = 8.5 WHERE id = ${id}::uuid`;
    expect([(await stepOf("choose"))?.state, await holds("rate")]).toEqual(["done", true]);
    await sql`UPDATE provider_accounts SET secrets_sealed = 'broken' WHERE id = ${id}::uuid`;
    expect((await stepOf("link"))?.state).toBe("open");
  });

  it("takes a rate that was entered with its day for the rate of the contract, once it has begun and is known in yen", async () => {
    await sql`DELETE FROM usage_rates`;
    await sql`DELETE FROM currency_rates`;
    must(await addProviderAccount(gateway));
    const admin = await staffMember("administrator");
    const day = await today();
    const rate = { provider: "gateway", channel: "SMS", country: "", begins: day, currency: "JPY", price: "8.5", monthlyFee: "" } as const;
    const state = async () => [(await stepOf("choose"))?.state, await holds("rate")];
    must(await setRate(admin, { ...rate, begins: dayAfter(day, 1) }));
    must(await setRate(admin, { ...rate, provider: "another" }));
    must(await setRate(admin, { ...rate, channel: "VOICE" }));
    must(await setRate(admin, { ...rate, currency: "USD" }));
    expect(await state()).toEqual(["open", false]);
    must(await setCurrency(admin, { currency: "USD", begins: day, yen: "150" }));
    expect(await state()).toEqual(["done", true]);
    await sql`DELETE FROM currency_rates`;
    must(await setRate(admin, rate));
    expect(await state()).toEqual(["done", true]);
    await sql`DELETE FROM usage_rates`;
  });

  it("finds every text of a code in one segment as the product comes", async () => {
    expect(await longestText()).toBe(1);
    expect(await holds("segments")).toBe(true);
  });

  it("takes the copy of the keys as seen by its fingerprint alone, and a restore by a proof that these keys made", async () => {
    await owner("DELETE FROM seen_facts");
    const admin = await staffMember("administrator");
    expect([await holds("keys"), await holds("restored")]).toEqual([false, false]);
    const wrong = { ok: false, error: { code: "invalid_input", fields: { proof: "invalid_input" } } };
    for (const proof of ["", "00000000", restoreProof("20261101")]) expect(await confirmFact(admin, "keys", proof)).toMatchObject(wrong);
    for (const proof of ["20261101", "20261101-00000000", restoreProof("20261101").replace("1101", "1102"), keyFingerprint()])
      expect(await confirmFact(admin, "restored", proof)).toMatchObject(wrong);
    expect([await holds("keys"), await holds("restored")]).toEqual([false, false]);
    must(await confirmFact(admin, "keys", ` ${keyFingerprint().toUpperCase()} `));
    must(await confirmFact(admin, "restored", restoreProof("20261101")));
    expect([await holds("keys"), await holds("restored")]).toEqual([true, true]);
    await owner("UPDATE seen_facts SET value = '0badc0de' WHERE name = 'keys'");
    expect(await holds("keys")).toBe(false);
    await owner("DELETE FROM seen_facts");
    await noteRestored(sql);
    expect(await holds("restored")).toBe(true);
    expect((await confirmFact(await staffMember("support"), "keys", keyFingerprint())).ok).toBe(false);
  });

  it("looks DKIM up under the selector of the policy, and takes a key without a value for withdrawn", async () => {
    const find = (records: string[]) => async (host: string) => (host === "s1._domainkey.example.jp" ? records : []);
    const dkim = async (records: string[]) => (await published("dkim", "example.jp", find(records))).holds;
    await forgetPolicy();
    await refreshed();
    expect(await dkim(["v=DKIM1; k=rsa; p=MIGf"])).toBe(false);
    await setPolicy("dkimSelector", "s1");
    await refreshed();
    expect([await dkim(["v=DKIM1; k=rsa; p=MIGf"]), await dkim(["v=DKIM1; p="]), await dkim([])]).toEqual([true, false, false]);
    await forgetPolicy();
  });

  it("takes a budget of the policy as well as one of the environment", async () => {
    await forgetPolicy();
    await refreshed();
    expect(await holds("budget")).toBe(false);
    await setPolicy("budgetSendsPerDay", 500);
    await refreshed();
    expect([await holds("budget"), budgetsNow().SENDS_PER_DAY]).toEqual([true, 500]);
    await forgetPolicy();
    await refreshed();
  });

  it("holds public sign-up closed while codes could be read, nothing would arrive or a key could be lost, and by no other fact", () => {
    const facts = factNames.map((name) => ({ name, holds: true as boolean | null, found: "" }));
    const held = (name: FactName, is: boolean | null, demo = false) =>
      holding(
        facts.map((one) => (one.name === name ? { ...one, holds: is } : one)),
        demo,
      );
    for (const name of factNames) expect(held(name, false)).toEqual(mustHold.includes(name) ? [name] : []);
    expect(held("proven", null)).toEqual(["proven"]);
    expect(held("https", false, true)).toEqual([]);
  });

  it("lists every fact once, and is not done while one of them is open", async () => {
    const facts = await readFacts(dns([]));
    expect(new Set(facts.map(({ name }) => name)).size).toBe(facts.length);
    expect(facts.find(({ name }) => name === "demo")?.holds).toBe(false);
    expect((await stepOf("go-live"))?.state).not.toBe("done");
  });
});
