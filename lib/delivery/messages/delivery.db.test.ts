import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { purposeOf } from "#lib/challenges/port";
import { loadChallenge } from "#lib/challenges/read";
import { viewOf } from "#lib/challenges/view";
import { sql } from "#lib/db/sql";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, removeProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { house } from "#lib/purposes/house";
import { sendMessage } from "#lib/purposes/messages";
import {
  type Account,
  addRecoveryCode,
  codeOf,
  forgetLimits,
  makeAccount,
  must,
  passPassword,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { type Answering, answers, type Loopback, loopback } from "#lib/testing/loopback";

const SECRET = "a secret of thirty-two characters".replaceAll(" ", "-");
let a: Loopback;
let b: Loopback;

const gateway = (name: string, server: Loopback, order: number, more: object = {}) =>
  addProviderAccount({ name, kind: "webhook", channels: ["sms"], order, baseUrl: server.url, secrets: { secret: SECRET }, ...more }).then(
    must,
  );

beforeAll(async () => {
  [a, b] = [await loopback(), await loopback()];
  // Disabled, because the demo network would accept what the accounts under test refuse.
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
});
beforeEach(async () => {
  for (const server of [a, b]) {
    server.arrived.splice(0);
    server.answer(answers(202, { id: "m" }));
  }
  await gateway("a", a, 10);
  await gateway("b", b, 20);
});
afterEach(async () => {
  for (const name of ["a", "b"]) await removeProviderAccount(name);
  await setClock(0);
});
afterAll(async () => {
  await closeConnections();
  await Promise.all([a.close(), b.close()]);
});

type Sent = { account: Account; token: string; messageId: string };

async function queued(): Promise<Sent> {
  // All texts come from one address, whose limits this test does not examine.
  await forgetLimits();
  const account = await makeAccount();
  const token = await passPassword(account);
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid ORDER BY created_at DESC LIMIT 1`;
  return { account, token, messageId: row?.id ?? "" };
}

async function sent(): Promise<Sent> {
  const one = await queued();
  await sendMessage(one.messageId);
  return one;
}

type MessageRow = { status: string; reason: string | null };
const messageOf = async ({ messageId }: Sent) =>
  (await sql<MessageRow>`SELECT status, reason FROM messages WHERE id = ${messageId}::uuid`)[0];
type AttemptRow = { id: string; provider: string; status: string; reason: string | null };
const attemptsOf = ({ messageId }: Sent) =>
  sql<AttemptRow>`SELECT id, provider, status, reason FROM delivery_attempts WHERE message_id = ${messageId}::uuid ORDER BY started_at`;
const refundsOf = async ({ token }: Sent) => (await loadChallenge(house, token))?.sendsRefunded;
const codesAt = (server: Loopback) => server.arrived.map(({ body }) => /\d{6}/.exec(JSON.parse(body.toString()).text)?.[0]);

/** Builds a receipt with the signature of the account's gateway. */
async function receipt(name: string, body: object, secret = SECRET) {
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v1=${createHmac("sha256", secret).update(`${timestamp}.${text}`).digest("hex")}`;
  const headers = new Headers({ "sekisho-timestamp": timestamp, "sekisho-signature": signature });
  return takeReceipt(name, {
    method: "POST",
    url: `http://localhost/api/receipts/${name}`,
    query: new URLSearchParams(),
    headers,
    body: text,
  });
}

const reset: Answering = (_, response) => void response.socket?.resetAndDestroy();

describe("A text", () => {
  it("goes to the first account of its route, and no other", async () => {
    const one = await sent();
    expect([a.arrived.length, b.arrived.length]).toEqual([1, 0]);
    expect(await messageOf(one)).toEqual({ status: "sent", reason: null });
  });

  it.each([
    ["500", answers(500), "provider_down"],
    ["401", answers(401), "rejected"],
    ["429", answers(429, "", { "retry-after": "9" }), "throttled"],
    ["a reset", reset, "unknown"],
    ["HTML", answers(200, "<html>"), "unknown"],
    ["200 with an error inside", answers(200, { error: "no credit" }), "unknown"],
  ])("whose first account answers %s goes to the next once, with the same code, and never back", async (_, answering, reason) => {
    a.answer(answering);
    const one = await sent();
    expect(await messageOf(one)).toEqual({ status: "sent", reason: null });
    expect([codesAt(a), codesAt(b)]).toEqual([[await codeOf(one.token)], [await codeOf(one.token)]]);
    expect((await attemptsOf(one)).map((attempt) => [attempt.provider, attempt.reason])).toEqual([
      ["a", reason],
      ["b", null],
    ]);
    // A second run of the job finds the message decided.
    await sendMessage(one.messageId);
    expect([a.arrived.length, b.arrived.length]).toEqual([1, 1]);
  });

  it("whose first account hangs goes to the next after five seconds", async () => {
    a.answer(() => {});
    const began = Date.now();
    const one = await sent();
    expect(Date.now() - began).toBeLessThan(6_500);
    expect(await messageOf(one)).toEqual({ status: "sent", reason: null });
  }, 15_000);

  it.each(["opted_out", "invalid_number", "refused_by_subscriber"])(
    "that is refused for good (%s) is tried nowhere else, and its send is given back",
    async (reason) => {
      a.answer(answers(400, { reason, permanent: true }));
      const one = await sent();
      expect(b.arrived).toHaveLength(0);
      expect(await messageOf(one)).toEqual({ status: "failed", reason });
      expect(await refundsOf(one)).toBe(1);
    },
  );

  it("that no provider takes ends as provider_down; the person keeps the challenge and is offered the other ways", async () => {
    for (const server of [a, b]) server.answer(answers(503));
    const one = await sent();
    await addRecoveryCode(one.account.userId);
    expect(await messageOf(one)).toEqual({ status: "failed", reason: "provider_down" });
    const row = await loadChallenge(house, one.token);
    const view = row && viewOf(purposeOf(house, row.purpose), row);
    expect(view).toMatchObject({ attemptsLeft: 5, sendsLeft: 5, delivery: { status: "failed", reason: "provider_down" } });
    expect(view?.methods.map((offer) => offer.method)).toEqual(["sms", "recovery_code"]);
  });

  it("to a country that is not allowed any more is handed to no provider (FR-01)", async () => {
    const one = await queued();
    await sql`UPDATE phones SET country = 'US' WHERE id = ${one.account.phoneId}::uuid`;
    await sendMessage(one.messageId);
    expect([await messageOf(one), a.arrived.length]).toEqual([{ status: "failed", reason: "country_blocked" }, 0]);
  });

  it("is shared by weight between accounts at the same place", async () => {
    await Promise.all([removeProviderAccount("a"), removeProviderAccount("b")]);
    await gateway("a", a, 10, { weight: 3 });
    await gateway("b", b, 10, { weight: 1 });
    for (let round = 0; round < 12; round += 1) await Promise.all(await together(10, async () => sendMessage((await queued()).messageId)));
    const share = a.arrived.length / (a.arrived.length + b.arrived.length);
    // 120 draws at 3:1; a correct choice fails this about once in ten thousand runs.
    expect(share).toBeGreaterThan(0.58);
    expect(share).toBeLessThan(0.91);
  });
});

describe("A worker that died in the middle of a hand-over", () => {
  const died = async (name: string) => {
    const one = await queued();
    await sql`
      INSERT INTO delivery_attempts (message_id, message_at, provider, account_id, started_at)
      SELECT m.id, m.created_at, p.name, p.id, app_now() - interval '20 seconds' FROM messages m, provider_accounts p
      WHERE m.id = ${one.messageId}::uuid AND p.name = ${name}`;
    return one;
  };

  it("leaves the text to the next account, with the same code", async () => {
    const one = await died("a");
    await sendMessage(one.messageId);
    expect([a.arrived.length, codesAt(b)]).toEqual([0, [await codeOf(one.token)]]);
  });

  it("leaves it to the same account where there is no other, once: a text is not lost and comes at most twice (PV-02)", async () => {
    await removeProviderAccount("b");
    const one = await died("a");
    await sendMessage(one.messageId);
    expect(a.arrived).toHaveLength(1);
    await sql`UPDATE messages SET status = 'queued' WHERE id = ${one.messageId}::uuid`;
    await sql`UPDATE delivery_attempts SET ended_at = NULL, status = 'queued', started_at = app_now() - interval '20 seconds' WHERE message_id = ${one.messageId}::uuid`;
    await sendMessage(one.messageId);
    expect(a.arrived).toHaveLength(1);
    expect(await messageOf(one)).toEqual({ status: "failed", reason: "unknown" });
  });

  it.each([
    ["absent", { status: "absent" }, { status: "sent", reason: null }, 1],
    ["delivered", { status: "delivered" }, { status: "delivered", reason: null }, 0],
  ])("has its provider asked where that can be done: %s", async (_, answer, message, texts) => {
    await Promise.all([removeProviderAccount("a"), removeProviderAccount("b")]);
    await gateway("a", a, 10, { settings: { check: "true" } });
    a.answer((arrived, response) => answers(200, arrived.path.endsWith("/check") ? answer : { id: "m" })(arrived, response));
    const one = await died("a");
    await sendMessage(one.messageId);
    expect(await messageOf(one)).toEqual(message);
    expect(a.arrived.filter((arrived) => !arrived.path.endsWith("/check"))).toHaveLength(texts);
  });
});

describe("The breaker", () => {
  const fiveFailures = async () => {
    a.answer(answers(500));
    for (let round = 0; round < 5; round += 1) await sent();
  };

  it("takes an account out after five failures in a row and lets one text try it when its pause is over", async () => {
    await fiveFailures();
    expect(a.arrived).toHaveLength(5);
    await sent();
    expect(a.arrived).toHaveLength(5);
    await setClock(31);
    const waiting = await together(10, queued);
    // The answer arrives long after the other nine have chosen their accounts.
    a.answer((arrived, response) => void setTimeout(() => answers(202, { id: "m" })(arrived, response), 2_000));
    await Promise.all(waiting.map((one) => sendMessage(one.messageId)));
    expect(a.arrived).toHaveLength(6);
    await sent();
    expect(a.arrived).toHaveLength(7);
  });

  it("waits twice as long after each try that fails", async () => {
    await fiveFailures();
    await setClock(31);
    await sent();
    await setClock(31 + 59);
    await sent();
    expect(a.arrived).toHaveLength(6);
    await setClock(31 + 61);
    await sent();
    expect(a.arrived).toHaveLength(7);
  });

  it.each([
    ["refused credentials", answers(403), 30],
    ["too many requests", answers(429, "", { "retry-after": "120" }), 120],
  ])("takes an account out at once for %s", async (_, answering, seconds) => {
    a.answer(answering);
    await sent();
    await sent();
    expect(a.arrived).toHaveLength(1);
    await setClock(seconds + 1);
    await sent();
    expect(a.arrived).toHaveLength(2);
  });

  it("is not moved by what is wrong with a number or country: others' texts still go that way", async () => {
    a.answer(answers(400, { reason: "country_blocked" }));
    for (let round = 0; round < 6; round += 1) await sent();
    expect([a.arrived.length, b.arrived.length]).toEqual([6, 6]);
  });

  it("is cleared by a success in between: only failures in a row count", async () => {
    for (let round = 0; round < 3; round += 1) {
      a.answer(answers(500));
      for (let failure = 0; failure < 4; failure += 1) await sent();
      a.answer(answers(202, { id: "m" }));
      await sent();
    }
    expect(a.arrived).toHaveLength(15);
  });
});

describe("A receipt", () => {
  it("moves delivery forward only: 50 copies are one transition, a late sent changes nothing, a terminal state stays (WH-02, WH-03)", async () => {
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    const say = (status: string, reason?: string) => receipt("a", { attemptId: attempt?.id, status, ...(reason ? { reason } : {}) });
    expect(await Promise.all(await together(50, () => say("delivered")))).toEqual(Array(50).fill("accepted"));
    for (const late of ["sent", "undelivered", "failed"]) expect(await say(late)).toBe("accepted");
    expect([await messageOf(one), await refundsOf(one)]).toEqual([{ status: "delivered", reason: null }, 0]);
    expect((await attemptsOf(one)).map(({ status }) => status)).toEqual(["delivered"]);
  });

  it("of a refusal tells why and gives the send back, at most twice, whatever the order of what else comes", async () => {
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    for (const status of ["undelivered", "sent", "delivered"])
      await receipt("a", { attemptId: attempt?.id, status, reason: "no_sms_service" });
    expect([await messageOf(one), await refundsOf(one)]).toEqual([{ status: "undelivered", reason: "no_sms_service" }, 1]);
  });

  it("touches neither verification nor wrong-code counters nor locks (WH-04)", async () => {
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    const state =
      () => sql`SELECT c.attempts, c.consumed_at, c.voided_at, u.factor_failures, u.locked_until, p.failures, (SELECT count(*)::int FROM sessions) AS sessions
      FROM challenges c JOIN users u ON u.id = c.user_id JOIN account_phones p ON p.user_id = u.id WHERE u.id = ${one.account.userId}::uuid`;
    const before = await state();
    for (const status of ["sent", "undelivered", "failed", "delivered"]) await receipt("a", { attemptId: attempt?.id, status });
    expect(await state()).toEqual(before);
  });

  it("that is forged, of another account, unknown or unreadable changes nothing and leaves no row (WH-01, WH-05)", async () => {
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    const rows = () =>
      sql`SELECT (SELECT count(*)::int FROM messages) AS messages, (SELECT count(*)::int FROM delivery_attempts) AS attempts`;
    const before = await rows();
    const body = { attemptId: attempt?.id, status: "delivered" };
    expect(await receipt("a", body, `${SECRET}x`)).toBe("forbidden");
    expect(await receipt("b", body)).toBe("accepted");
    expect(await receipt("nobody", body)).toBe("forbidden");
    expect(await receipt("demo", body)).toBe("forbidden");
    expect(await receipt("a", { attemptId: crypto.randomUUID(), status: "delivered" })).toBe("accepted");
    expect(await receipt("a", { status: "delivered" })).toBe("malformed");
    expect([await messageOf(one), await rows()]).toEqual([{ status: "sent", reason: null }, before]);
  });

  it("of one attempt does not end a message that another may still bring, and an arrival corrects an uncertain ending", async () => {
    a.answer(reset);
    const two = await sent();
    const [first, second] = await attemptsOf(two);
    await receipt("b", { attemptId: second?.id, status: "undelivered", reason: "not_reachable" });
    expect(await messageOf(two)).toEqual({ status: "sent", reason: null });
    await receipt("a", { attemptId: first?.id, status: "delivered" });
    expect(await messageOf(two)).toEqual({ status: "delivered", reason: null });

    b.answer(answers(500));
    const unsure = await sent();
    expect(await messageOf(unsure)).toEqual({ status: "failed", reason: "unknown" });
    await receipt("a", { attemptId: (await attemptsOf(unsure))[0]?.id, status: "delivered" });
    expect(await messageOf(unsure)).toEqual({ status: "delivered", reason: null });
  });
});
