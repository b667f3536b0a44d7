import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { addAccount, changeAccount, removeAccount, setAccountDisabled } from "#lib/delivery/accounts";
import { answerCall, takeReceipt } from "#lib/delivery/callbacks";
import { closeConnections, receiptAddress } from "#lib/delivery/connections";
import { sendMessage } from "#lib/delivery/send-message";
import { count, forgetLimits, makeAccount, must, passPassword } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

/** Hints: callbacks that nobody signs (KARADEN). What they say is not believed; their key only opens the way to a question. */

let server: Loopback;
let account: { id: string; name: string };
const message = (tags: string[]) => ({ object: "message", id: "m-1", tags, result: "done", status: "done", sent_result: "received" });

beforeAll(async () => {
  server = await loopback((arrived, response) => {
    const tag = new URLSearchParams(arrived.body.toString()).get("tags[0]");
    answers(200, { ...message([tag ?? ""]), result: "processing", sent_result: "none" })(arrived, response);
  });
  for (const name of ["demo", "demo-2"]) must(await setAccountDisabled(name, true));
});
beforeEach(async () => {
  await removeAccount("kar");
  await sql`DELETE FROM graphile_worker._private_jobs`;
  const settings = { tenantId: "t1", serviceId: "7" };
  account = must(await addAccount({ name: "kar", kind: "karaden", baseUrl: server.url, settings, secrets: { token: "secret-token" } }));
});
afterAll(async () => {
  await closeConnections();
  await server.close();
});

async function sent(): Promise<string> {
  await forgetLimits();
  const person = await makeAccount();
  await passPassword(person);
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${person.userId}::uuid`;
  await sendMessage(row?.id ?? "");
  const [attempt] = await sql<{ id: string }>`SELECT id FROM delivery_attempts WHERE message_id = ${row?.id}::uuid`;
  await sql`DELETE FROM graphile_worker._private_jobs`;
  return attempt?.id ?? "";
}

const hint = (body: unknown, key: string | null, name = "kar") => {
  const url = `https://auth.example.jp/api/receipts/${name}${key === null ? "" : `?key=${key}`}`;
  return takeReceipt(name, { method: "POST", url, query: new URL(url).searchParams, headers: new Headers(), body: JSON.stringify(body) });
};
const goodKey = () => new URL(receiptAddress(account)).searchParams.get("key") ?? "";
const questions = () =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'check_attempt'`);
const statusOf = async (attempt: string) =>
  (await sql<{ status: string }>`SELECT status FROM delivery_attempts WHERE id = ${attempt}::uuid`)[0]?.status;

describe("a callback that nobody signed", () => {
  it("without the key of its address, or with another's, leads to nothing (WH-01)", async () => {
    const attempt = await sent();
    const other = new URL(receiptAddress({ id: attempt, name: "kar" })).searchParams.get("key");
    for (const key of [null, "", "x", goodKey().slice(0, -1), `${goodKey()}x`, other])
      expect(await hint(message([attempt]), key)).toBe("forbidden");
    expect([await questions(), await statusOf(attempt)]).toEqual([0, "sent"]);
  });

  it("with the key leads to one question, however often it comes, and moves nothing by itself", async () => {
    const attempt = await sent();
    for (let copy = 0; copy < 20; copy += 1) expect(await hint(message([attempt]), goodKey())).toBe("accepted");
    expect([await questions(), await statusOf(attempt)]).toEqual([1, "sent"]);
  });

  it("about what nobody knows, or what is over, leads to no question and no row", async () => {
    const attempt = await sent();
    await sql`UPDATE delivery_attempts SET status = 'delivered' WHERE id = ${attempt}::uuid`;
    const rows = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM delivery_attempts`);
    const before = await rows();
    for (const tags of [[attempt], [crypto.randomUUID()], ["'; DROP TABLE messages; --"], []])
      expect(await hint({ ...message(tags), id: "unknown" }, goodKey())).toBe("accepted");
    expect([await questions(), await rows()]).toEqual([0, before]);
  });

  it("comes again later while the secrets of its account do not open", async () => {
    const key = goodKey();
    await sql`UPDATE provider_accounts SET secrets_sealed = 'v1.x.y', version = version + 1 WHERE name = 'kar'`;
    expect(await hint(message([]), key)).toBe("unusable");
  });

  it("is taken under the key it was entered with, also after the account was changed, and refused once it is removed", async () => {
    const key = goodKey();
    must(await changeAccount("kar", { secrets: { token: "another-token" } }));
    expect(await hint(message([await sent()]), key)).toBe("accepted");
    must(await removeAccount("kar"));
    expect(await hint(message([]), key)).toBe("forbidden");
  });
});

it.each(["kar", "demo", "nobody", "../kar", ""])("nobody is told what a call says at the door of %j", async (name) => {
  const url = `https://auth.example.jp/api/receipts/${name}/voice?attempt=${crypto.randomUUID()}`;
  expect(await answerCall(name, { method: "POST", url, query: new URL(url).searchParams, headers: new Headers(), body: "" })).toBeNull();
});
