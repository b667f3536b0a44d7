import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadChallenge } from "#lib/challenges/read";
import { sql } from "#lib/db/sql";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { checkAttempt } from "#lib/delivery/messages/check-attempt";
import { recordReceipt } from "#lib/delivery/messages/record";
import { takeProbe } from "#lib/delivery/provider-accounts/breaker";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import {
  addProviderAccount,
  changeProviderAccount,
  listProviderAccounts,
  removeProviderAccount,
  setProviderAccountDisabled,
} from "#lib/delivery/provider-accounts/store";
import { moveClock } from "#lib/demo/clock";
import { house } from "#lib/purposes/house";
import { sendMessage } from "#lib/purposes/messages";
import { count, forgetLimits, makeAccount, must, passPassword, setClock, together } from "#lib/testing/fixtures";
import { type Answering, answers, type Loopback, loopback } from "#lib/testing/loopback";

/** Races around one text on a real PostgreSQL: runs of its job, receipts, status queries, breakers and operators. */

const SECRET = "s".repeat(32);
let servers: Loopback[];
let [a, b, c] = [] as unknown as [Loopback, Loopback, Loopback];

const accepted = answers(202, { id: "m" });
const reset: Answering = (_, response) => void response.socket?.resetAndDestroy();
const gateway = (name: string, server: Loopback, order: number, more: object = {}) =>
  addProviderAccount({ name, kind: "webhook", channels: ["sms"], order, baseUrl: server.url, secrets: { secret: SECRET }, ...more }).then(
    must,
  );

beforeAll(async () => {
  servers = await Promise.all([loopback(), loopback(), loopback()]);
  [a, b, c] = servers as [Loopback, Loopback, Loopback];
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
});
beforeEach(async () => {
  for (const server of servers) {
    server.arrived.splice(0);
    server.answer(accepted);
  }
  await gateway("a", a, 10);
  await gateway("b", b, 20);
});
afterEach(async () => {
  for (const name of ["a", "b", "c", "d"]) await removeProviderAccount(name);
  await setClock(0);
});
afterAll(async () => {
  await closeConnections();
  await Promise.all(servers.map((server) => server.close()));
});

type Queued = { token: string; messageId: string };

async function queued(): Promise<Queued> {
  await forgetLimits();
  const account = await makeAccount();
  const token = await passPassword(account);
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid ORDER BY created_at DESC LIMIT 1`;
  return { token, messageId: row?.id ?? "" };
}

const copies = () => servers.map((server) => server.arrived.filter(({ path }) => !path.endsWith("/check")).length);
const messageOf = async ({ messageId }: Queued) =>
  (await sql<{ status: string; reason: string | null }>`SELECT status, reason FROM messages WHERE id = ${messageId}::uuid`)[0];
const attemptsOf = ({ messageId }: Queued) =>
  sql<{ id: string; accountId: string; status: string; providerRef: string | null }>`
    SELECT id, account_id, status, provider_ref FROM delivery_attempts WHERE message_id = ${messageId}::uuid ORDER BY started_at`;
const refundsOf = async ({ token }: Queued) => (await loadChallenge(house, token))?.sendsRefunded;
const attemptIn = (arrived: { body: Buffer }) => (JSON.parse(arrived.body.toString()) as { attemptId: string }).attemptId;
const sent = async () => {
  const one = await queued();
  await sendMessage(one.messageId);
  return one;
};

function receipt(name: string, attemptId: string | undefined, status: string, reason = "not_reachable") {
  const body = JSON.stringify({ attemptId, status, reason });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v1=${createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex")}`;
  const headers = new Headers({ "sekisho-timestamp": timestamp, "sekisho-signature": signature });
  return takeReceipt(name, { method: "POST", url: `http://localhost/${name}`, query: new URLSearchParams(), headers, body });
}

/** Answers after another event has happened during the request. */
const meanwhile =
  (happening: (attemptId: string) => Promise<unknown>, answering: Answering): Answering =>
  (arrived, response) =>
    void happening(attemptIn(arrived)).then(() => answering(arrived, response));

describe("Two runs of one send job", () => {
  it("that begin at once hand one copy over between them (PV-02)", async () => {
    for (let round = 0; round < 10; round += 1) {
      const one = await queued();
      await together(4, () => sendMessage(one.messageId));
      expect(await messageOf(one)).toEqual({ status: "sent", reason: null });
      expect(copies()).toEqual([round + 1, 0, 0]);
    }
  });

  it("hand one copy over, though the later one reads a moment just before the other began", async () => {
    const one = await queued();
    a.answer(
      meanwhile(
        async (attemptId) => {
          await sql`UPDATE delivery_attempts SET started_at = started_at + interval '0.5 seconds' WHERE id = ${attemptId}::uuid`;
          await sendMessage(one.messageId);
        },
        answers(202, { id: "m" }),
      ),
    );
    await sendMessage(one.messageId);
    expect(copies()).toEqual([1, 0, 0]);
  });

  it("of which one was only thought dead give each provider one copy, whatever the first one does in the end", async () => {
    const one = await queued();
    a.answer(
      meanwhile(async () => {
        // Older than any hand-over can last, so the second run assumes a dead worker.
        await sql`UPDATE delivery_attempts SET started_at = app_now() - interval '20 seconds' WHERE message_id = ${one.messageId}::uuid`;
        await sendMessage(one.messageId);
      }, answers(500)),
    );
    await sendMessage(one.messageId);
    expect(copies()).toEqual([1, 1, 0]);
    expect(await messageOf(one)).toEqual({ status: "sent", reason: null });
  });

  it("of which one is in the middle: the other comes back when that one must have ended", async () => {
    const one = await queued();
    const later = () =>
      count(sql<{ n: number }>`
      SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE key = ${`send/${one.messageId}`} AND run_at BETWEEN now() + interval '3 seconds' AND now() + interval '7 seconds'`);
    a.answer(meanwhile(() => sendMessage(one.messageId), accepted));
    await sendMessage(one.messageId);
    expect([copies(), await later(), await messageOf(one)]).toEqual([[1, 0, 0], 1, { status: "sent", reason: null }]);
  });
});

describe("A receipt that is faster than the answer", () => {
  it("stays, whatever the answer says", async () => {
    a.answer(meanwhile((attemptId) => receipt("a", attemptId, "delivered"), accepted));
    expect(await messageOf(await sent())).toEqual({ status: "delivered", reason: null });
    a.answer(meanwhile((attemptId) => receipt("a", attemptId, "undelivered"), accepted));
    const refused = await sent();
    expect([await messageOf(refused), await refundsOf(refused)]).toEqual([{ status: "undelivered", reason: "not_reachable" }, 1]);
  });

  it.each(["sent", "delivered", "undelivered"])("(%s) spares the next provider a copy when the answer is lost", async (status) => {
    a.answer(meanwhile((attemptId) => receipt("a", attemptId, status), reset));
    expect((await messageOf(await sent()))?.status).toBe(status);
    expect(copies()).toEqual([1, 0, 0]);
  });

  it("leaves room for the provider's own name of the message, by which later ones come", async () => {
    a.answer(meanwhile((attemptId) => receipt("a", attemptId, "sent"), answers(202, { id: "m-7" })));
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    expect(attempt?.providerRef).toBe("m-7");
    expect(await recordReceipt(attempt?.accountId ?? "", { ref: "m-7", status: "delivered" })).toBe("recorded");
    expect(await messageOf(one)).toEqual({ status: "delivered", reason: null });
  });

  it("by a name that is not known yet makes no row and is taken once it is", async () => {
    const [line] = await listProviderAccounts("a");
    const rows = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM delivery_attempts`);
    const before = await rows();
    expect(await recordReceipt(line?.id ?? "", { ref: "m-8", status: "delivered" })).toBe("unmatched");
    expect(await rows()).toBe(before);
    a.answer(answers(202, { id: "m-8" }));
    const one = await sent();
    expect(await recordReceipt(line?.id ?? "", { ref: "m-8", status: "delivered" })).toBe("recorded");
    expect(await messageOf(one)).toEqual({ status: "delivered", reason: null });
  });
});

describe("Receipts of two attempts of one text", () => {
  const two = async () => {
    await sql`DELETE FROM provider_health`;
    a.answer(reset);
    const one = await sent();
    const [first, second] = await attemptsOf(one);
    return { one, first: first?.id, second: second?.id };
  };

  it("that both failed, at once, end it and give its send back once", async () => {
    for (let round = 0; round < 15; round += 1) {
      const { one, first, second } = await two();
      await Promise.all([receipt("a", first, "undelivered"), receipt("b", second, "undelivered")]);
      expect([await messageOf(one), await refundsOf(one)]).toEqual([{ status: "undelivered", reason: "not_reachable" }, 1]);
    }
  });

  it("of which one arrived, at once and in either order, say that it arrived", async () => {
    for (let round = 0; round < 15; round += 1) {
      const { one, first, second } = await two();
      const both = [() => receipt("a", first, "delivered"), () => receipt("b", second, "failed")];
      await Promise.all((round % 2 ? both : both.reverse()).map((say) => say()));
      expect(await messageOf(one)).toEqual({ status: "delivered", reason: null });
    }
  });

  it("correct a refusal by the second provider when the first one's copy arrives after all", async () => {
    a.answer(reset);
    b.answer(answers(400, { reason: "landline", permanent: true }));
    const one = await sent();
    expect(await messageOf(one)).toEqual({ status: "failed", reason: "landline" });
    expect(await receipt("a", (await attemptsOf(one))[0]?.id, "delivered")).toBe("accepted");
    expect(await messageOf(one)).toEqual({ status: "delivered", reason: null });
  });
});

it("Five refused texts of one challenge, told at once and again, give two sends back", async () => {
  const one = await sent();
  const ids = await sql<{ id: string }>`
    WITH more AS (
      INSERT INTO messages (challenge_id, user_id, authenticator_id, template, channel, locale, status)
      SELECT challenge_id, user_id, authenticator_id, template, channel, locale, 'sent' FROM messages, generate_series(1, 4) WHERE id = ${one.messageId}::uuid RETURNING id, created_at
    ), tried AS (
      INSERT INTO delivery_attempts (message_id, message_at, provider, account_id, status, ended_at)
      SELECT m.id, m.created_at, 'a', p.id, 'sent', app_now() FROM more m, provider_accounts p WHERE p.name = 'a' RETURNING id
    )
    SELECT id FROM tried UNION ALL SELECT id FROM delivery_attempts WHERE message_id = ${one.messageId}::uuid`;
  expect(ids).toHaveLength(5);
  for (let round = 0; round < 2; round += 1) await Promise.all(ids.map(({ id }) => receipt("a", id, "undelivered", "no_sms_service")));
  expect(await refundsOf(one)).toBe(2);
});

it("A question and a receipt that disagree at once leave one answer, the same for attempt and text", async () => {
  await Promise.all([removeProviderAccount("a"), removeProviderAccount("b")]);
  await gateway("a", a, 10, { settings: { check: "true" } });
  for (let round = 0; round < 10; round += 1) {
    a.answer((arrived, response) =>
      (arrived.path.endsWith("/check") ? answers(200, { status: "undelivered", reason: "landline" }) : accepted)(arrived, response),
    );
    const one = await sent();
    const [attempt] = await attemptsOf(one);
    await Promise.all([checkAttempt(attempt?.id ?? ""), receipt("a", attempt?.id, "delivered")]);
    const [ended] = await attemptsOf(one);
    expect(["delivered", "undelivered"]).toContain(ended?.status);
    expect((await messageOf(one))?.status).toBe(ended?.status);
  }
});

describe("An operator who changes accounts while a text goes out", () => {
  it("by removing the next one leaves it to the one after that", async () => {
    await gateway("c", c, 30);
    a.answer(meanwhile(() => removeProviderAccount("b"), answers(500)));
    expect(await messageOf(await sent())).toEqual({ status: "sent", reason: null });
    expect(copies()).toEqual([1, 0, 1]);
  });

  it.each([
    ["takes it", accepted, [1, 0, 0]],
    ["fails", answers(500), [1, 1, 0]],
    ["does not answer", reset, [1, 1, 0]],
  ])("by removing the one that has it, which %s, crashes nothing", async (_, answering, expected) => {
    a.answer(meanwhile(() => removeProviderAccount("a"), answering));
    expect(await messageOf(await sent())).toEqual({ status: "sent", reason: null });
    expect(copies()).toEqual(expected);
  });

  it("by giving one a new secret has the next text signed with it", async () => {
    const secret = "t".repeat(32);
    a.answer(meanwhile(() => changeProviderAccount("a", { secrets: { secret } }), accepted));
    await sent();
    a.answer(accepted);
    await sent();
    const [first, second] = a.arrived.map(({ headers, body }) => {
      const made = (key: string) => createHmac("sha256", key).update(`${headers["sekisho-timestamp"]}.`).update(body).digest("hex");
      return [SECRET, secret].findIndex((key) => headers["sekisho-signature"] === `v1=${made(key)}`);
    });
    expect([first, second]).toEqual([0, 1]);
  });

  it("by disabling all of them ends it as provider_down", async () => {
    for (const name of ["a", "b"]) must(await setProviderAccountDisabled(name, true));
    expect(await messageOf(await sent())).toEqual({ status: "failed", reason: "provider_down" });
  });
});

it("An account whose secrets were moved from another row is out, and the others carry the text (PH-03)", async () => {
  await sql`
    UPDATE provider_accounts x SET secrets_sealed = y.secrets_sealed, version = x.version + 1 FROM provider_accounts y WHERE x.name = 'a' AND y.name = 'b'`;
  for (let round = 0; round < 2; round += 1) expect(await messageOf(await sent())).toEqual({ status: "sent", reason: null });
  expect(copies()).toEqual([0, 2, 0]);
  expect((await listProviderAccounts("a"))[0]).toMatchObject({ secrets: ["unreadable"], down: [{ channel: "SMS", reason: "unusable" }] });
  must(await changeProviderAccount("a", { secrets: { secret: SECRET } }));
  await sent();
  expect(copies()).toEqual([1, 2, 0]);
});

describe("The breaker, with many texts under way", () => {
  const pause = async (name: string) => {
    const [row] = await sql<{ seconds: number; trips: number }>`
      SELECT extract(epoch FROM h.down_until - app_now())::float AS seconds, h.trips FROM provider_health h JOIN provider_accounts a ON a.id = h.account_id WHERE a.name = ${name}`;
    return row;
  };
  const many = async (times: number) => {
    const waiting: Queued[] = [];
    for (let done = 0; done < times; done += 1) waiting.push(await queued());
    return waiting;
  };
  /** Answers only once `times` texts have arrived, so that all are in flight at once. */
  const allAtOnce = (times: number, answering: (index: number) => Answering): Answering => {
    const held: (() => void)[] = [];
    return (arrived, response) => {
      const index = held.length;
      held.push(() => answering(index)(arrived, response));
      if (held.length === times) for (const answer of held) answer();
    };
  };

  it("opens once for all that fail at once: thirty seconds, not five minutes", async () => {
    const waiting = await many(20);
    a.answer(allAtOnce(20, () => answers(500)));
    await Promise.all(waiting.map((one) => sendMessage(one.messageId)));
    expect(copies()).toEqual([20, 20, 0]);
    const row = await pause("a");
    expect(row?.trips).toBe(1);
    expect(row?.seconds).toBeLessThanOrEqual(30);
  });

  it("keeps the pause that was asked for when a text that was under way succeeds", async () => {
    // One earlier failure, so that the successes below would reset the counter.
    a.answer(answers(500));
    await sent();
    const waiting = await many(10);
    a.answer(allAtOnce(10, (index) => (index === 0 ? answers(429, "", { "retry-after": "120" }) : accepted)));
    await Promise.all(waiting.map((one) => sendMessage(one.messageId)));
    expect((await pause("a"))?.seconds ?? 0).toBeGreaterThan(100);
    await sent();
    expect(copies()[0]).toBe(11);
  });

  it("whose try is under way elsewhere passes over an account without counting it as a hand-over", async () => {
    await gateway("c", b, 30);
    await gateway("d", c, 40);
    for (const server of [a, b]) server.answer(answers(401));
    await sent();
    expect(copies()).toEqual([1, 2, 0]);
    await setClock(31);
    // Another process has claimed the probe of each.
    for (const name of ["a", "b", "c"]) {
      const [line] = await listProviderAccounts(name);
      expect(await takeProbe({ id: line?.id ?? "", name, kind: "webhook" }, "SMS")).toBe(true);
      expect(await takeProbe({ id: line?.id ?? "", name, kind: "webhook" }, "SMS")).toBe(false);
    }
    expect(await messageOf(await sent())).toEqual({ status: "sent", reason: null });
    expect(copies()).toEqual([1, 2, 1]);
  });

  it("is not left open for years by a demo clock that was set forward and back", async () => {
    await moveClock(31_536_000);
    a.answer(answers(401));
    await sent();
    await moveClock(0);
    expect((await pause("a"))?.seconds ?? 0).toBeLessThanOrEqual(300);
  });
});
