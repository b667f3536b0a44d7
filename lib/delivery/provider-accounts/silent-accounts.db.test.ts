import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alertCounts } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { silentAccounts, watchReceipts } from "#lib/delivery/provider-accounts/silent-accounts";
import { setClock, together } from "#lib/testing/fixtures";
import { examine } from "../../../scripts/operator/doctor.ts";
import { wordsOf } from "../../../scripts/operator/doctor-words.ts";

/** Accounts whose texts are sent without any later receipt. */

beforeEach(async () => {
  await sql`DELETE FROM messages`;
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
});
afterEach(() => setClock(0));

async function account(kind: string, settings: object = {}): Promise<string> {
  const name = `a-${randomUUID().slice(0, 8)}`;
  await sql`INSERT INTO provider_accounts (name, kind, settings) VALUES (${name}, ${kind}, ${JSON.stringify(settings)}::jsonb)`;
  return name;
}

/** Creates this many attempts of an account in a state, begun this many minutes ago. */
async function attempts(name: string, count: number, status: string, minutes: number): Promise<void> {
  const messageId = randomUUID();
  await sql`INSERT INTO messages (id, template, channel, locale) VALUES (${messageId}::uuid, 'trial', 'SMS', 'ja')`;
  await sql`
    INSERT INTO delivery_attempts (message_id, message_at, provider, account_id, status, started_at)
    SELECT m.id, m.created_at, p.name, p.id, ${status}::delivery_status, app_now() - make_interval(mins => ${minutes}::int)
    FROM messages m, provider_accounts p, generate_series(1, ${count}::int) WHERE m.id = ${messageId}::uuid AND p.name = ${name}`;
}

const silent = async () => (await silentAccounts()).map(({ name, sent, silent: without }) => ({ name, sent, silent: without }));

describe("An account is silent", () => {
  it.each([
    ["smpp", { bind: "transceiver" }],
    ["twilio", {}],
    ["karaden", {}],
  ])("whose kind promises receipts (%s), once half of twenty in an hour had none", async (kind, settings) => {
    const name = await account(kind, settings);
    await attempts(name, 10, "delivered", 30);
    await attempts(name, 9, "sent", 30);
    expect(await silent()).toEqual([]);
    await attempts(name, 1, "sent", 30);
    expect(await silent()).toEqual([{ name, sent: 20, silent: 10 }]);
  });

  it("whose gateway promises none, and used to give them", async () => {
    const name = await account("webhook");
    await attempts(name, 30, "sent", 30);
    expect(await silent()).toEqual([]);
    await attempts(name, 1, "delivered", 60 * 24);
    expect(await silent()).toEqual([{ name, sent: 30, silent: 30 }]);
  });

  it("not for texts of the last ten minutes, of an hour ago, refused ones, or ones of which nothing is known", async () => {
    const name = await account("twilio");
    await attempts(name, 30, "sent", 9);
    await attempts(name, 30, "sent", 61);
    await attempts(name, 30, "failed", 30);
    await attempts(name, 30, "queued", 30);
    expect(await silent()).toEqual([]);
  });

  it("not where it takes none: a transmitter, the demo network", async () => {
    await attempts(await account("smpp", { bind: "transmitter" }), 30, "sent", 30);
    await attempts("demo", 30, "sent", 30);
    expect(await silent()).toEqual([]);
  });
});

describe("A silent account", () => {
  const raised = () => alertCounts().get("receipts.silent") ?? 0;

  it("is an alert once an hour, whichever of eight workers looks", async () => {
    const name = await account("twilio");
    await attempts(name, 30, "sent", 30);
    const before = raised();
    await together(8, watchReceipts);
    await watchReceipts();
    expect(raised() - before).toBe(1);
    await setClock(3_601);
    await attempts(name, 30, "sent", 30);
    await watchReceipts();
    expect(raised() - before).toBe(2);
  });

  it("is a line of the doctor in both languages, with what to do", async () => {
    const name = await account("twilio");
    await attempts(name, 30, "sent", 30);
    const finding = (await examine()).find((one) => one.is === "provider_silent");
    expect(finding).toEqual({ is: "provider_silent", name, sent: 30, silent: 30 });
    for (const language of ["ja", "en"] as const)
      expect(finding && wordsOf(finding, language)).toMatch(new RegExp(`${name}[^]*receipt\\.lost`));
  });
});
