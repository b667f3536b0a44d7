import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sql } from "#lib/db/sql";
import { askLater } from "#lib/delivery/messages/attempt";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { checkAttempt } from "#lib/delivery/messages/check-attempt";
import { closeConnections, receiptAddress } from "#lib/delivery/provider-accounts/connections";
import {
  addProviderAccount,
  changeProviderAccount,
  removeProviderAccount,
  setProviderAccountDisabled,
} from "#lib/delivery/provider-accounts/store";
import { startWorker } from "#lib/jobs/worker";
import { answerCall, sendMessage } from "#lib/purposes/messages";
import { count, forgetLimits, makeAccount, must, passPassword, together } from "#lib/testing/fixtures";
import { type Answering, answers, type Loopback, loopback } from "#lib/testing/loopback";

/** Hints are unsigned callbacks (KARADEN): their content is not trusted, and their key only allows a status query. */

let server: Loopback;
let account: { id: string; name: string };
const message = (tags: string[]) => ({ object: "message", id: "m-1", tags, result: "done", status: "done", sent_result: "received" });

beforeAll(async () => {
  server = await loopback(taking);
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
});
const taking: Answering = (arrived, response) => {
  const tag = new URLSearchParams(arrived.body.toString()).get("tags[0]");
  answers(200, { ...message([tag ?? ""]), result: "processing", sent_result: "none" })(arrived, response);
};
beforeEach(async () => {
  server.answer(taking);
  await removeProviderAccount("kar");
  await sql`DELETE FROM graphile_worker._private_jobs`;
  const settings = { tenantId: "t1", serviceId: "7" };
  account = must(
    await addProviderAccount({ name: "kar", kind: "karaden", baseUrl: server.url, settings, secrets: { token: "secret-token" } }),
  );
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

describe("An unsigned callback", () => {
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

  it("whose tag and whose name are of two attempts leads to no question", async () => {
    const [one, other] = [await sent(), await sent()];
    await sql`UPDATE delivery_attempts SET provider_ref = 'm-2' WHERE id = ${other}::uuid`;
    await sql`DELETE FROM graphile_worker._private_jobs`;
    expect(await hint({ ...message([one]), id: "m-2" }, goodKey())).toBe("accepted");
    expect(await questions()).toBe(0);
  });

  it("that comes while an earlier question is being answered leads to one at once, whenever that answer comes", async () => {
    const attempt = await sent();
    // The first status query waits at the provider until the callback arrives, so its answer lacks the callback's state.
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.answer(async (arrived, response) => {
      await held;
      answers(200, { ...message([attempt]), result: "processing", sent_result: "none" })(arrived, response);
    });
    await hint(message([attempt]), goodKey());
    // Locks the row of the job, as the queue does while the job runs.
    await sql`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'w', attempts = 1`;
    const running = checkAttempt(attempt);
    await vi.waitFor(() => expect(server.arrived.at(-1)?.method).toBe("GET"));
    await hint(message([attempt]), goodKey());
    release();
    await running;
    const due = await count(sql<{ n: number }>`
      SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND run_at <= now() AND attempts < max_attempts`);
    expect(due).toBe(1);
    // Now the query is answered.
    server.answer((arrived, response) => answers(200, message([attempt]))(arrived, response));
    const worker = await startWorker();
    await vi.waitFor(async () => expect(await statusOf(attempt)).toBe("delivered"), 10_000).finally(() => worker.stop());
  });

  it("brings a question that waits nearer, and a later one never puts it off", async () => {
    const attempt = await sent();
    const at = async () => (await sql<{ at: Date }>`SELECT min(run_at) AS at FROM graphile_worker.jobs`)[0]?.at.getTime() ?? 0;
    const ask = async (seconds: number) => {
      await askLater(attempt, seconds);
      return at();
    };
    const far = await ask(3_600);
    const near = await ask(600);
    expect(near).toBeLessThan(far);
    for (const seconds of [600, 1_200, 3_600]) expect(await ask(seconds)).toBe(near);
    await together(20, () => askLater(attempt, 3_600));
    expect([await questions(), await at()]).toEqual([1, near]);
  });

  it("about an unknown or ended attempt leads to no status query and no row", async () => {
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
    must(await changeProviderAccount("kar", { secrets: { token: "another-token" } }));
    expect(await hint(message([await sent()]), key)).toBe("accepted");
    must(await removeProviderAccount("kar"));
    expect(await hint(message([]), key)).toBe("forbidden");
  });
});

it.each(["kar", "demo", "nobody", "../kar", ""])("No request learns the words of a call under the account name %j", async (name) => {
  const url = `https://auth.example.jp/api/receipts/${name}/voice?attempt=${crypto.randomUUID()}`;
  expect(await answerCall(name, { method: "POST", url, query: new URL(url).searchParams, headers: new Headers(), body: "" })).toBeNull();
});
