import { afterEach, describe, expect, it } from "vitest";
import { provenWithin } from "#lib/console/proven";
import { type FactName, longestText, readFacts, readSteps } from "#lib/console/setup";
import { sql } from "#lib/db/sql";
import { addProviderAccount } from "#lib/delivery/provider-accounts/store";
import { sendTrial } from "#lib/delivery/provider-accounts/trial";
import { must, setClock } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

const dns = (records: string[] | null) => async () => records;
const holds = async (name: FactName, find = dns([])) => (await readFacts(find)).find((one) => one.name === name)?.holds;
const stepOf = async (name: string) => (await readSteps(await readFacts(dns([])))).find((one) => one.name === name);

afterEach(() => setClock(0));
afterEach(async () => {
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
  await sql`UPDATE provider_accounts SET disabled_at = NULL`;
});

const alone = (name: string) => sql`UPDATE provider_accounts SET disabled_at = app_now() WHERE name <> ${name}`;

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

  it("proves a message service by a text that arrived, for seven days at go-live and thirty in the third step, and by nothing else", async () => {
    await alone("demo");
    await sql`DELETE FROM delivery_attempts`;
    expect(await provenWithin(7)).toEqual([]);
    must(await sendTrial({ name: "demo", to: "+819012340001", channel: "SMS", locale: "ja" }));
    await sql`UPDATE delivery_attempts SET status = 'undelivered'`;
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([false, "open"]);
    await sql`UPDATE delivery_attempts SET status = 'delivered'`;
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([true, "begun"]);
    await setClock(8 * 86_400);
    expect([await holds("proven"), (await stepOf("rehearse"))?.state]).toEqual([false, "begun"]);
    await setClock(31 * 86_400);
    expect((await stepOf("rehearse"))?.state).toBe("open");
  });

  it("counts a contract by its rate and a link by an account in use whose secrets open", async () => {
    await alone("none");
    expect((await stepOf("link"))?.state).toBe("open");
    const account = { name: "gateway", kind: "webhook", baseUrl: "https://sms.example.jp", secrets: { secret: "s".repeat(40) } };
    const { id } = must(await addProviderAccount(account));
    expect([(await stepOf("choose"))?.state, (await stepOf("link"))?.state]).toEqual(["open", "done"]);
    await sql`UPDATE provider_accounts SET price_per_segment = 8.5 WHERE id = ${id}::uuid`;
    expect([(await stepOf("choose"))?.state, await holds("rate")]).toEqual(["done", true]);
    await sql`UPDATE provider_accounts SET secrets_sealed = 'broken' WHERE id = ${id}::uuid`;
    expect((await stepOf("link"))?.state).toBe("open");
  });

  it("finds every text of a code in one segment as the product comes", async () => {
    expect(await longestText()).toBe(1);
    expect(await holds("segments")).toBe(true);
  });

  it("lists every fact once, and is not done while one of them is open", async () => {
    const facts = await readFacts(dns([]));
    expect(new Set(facts.map(({ name }) => name)).size).toBe(facts.length);
    expect(facts.find(({ name }) => name === "demo")?.holds).toBe(false);
    expect((await stepOf("go-live"))?.state).not.toBe("done");
  });
});
