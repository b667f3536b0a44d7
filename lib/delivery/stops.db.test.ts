import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, removeProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { sendTrial } from "#lib/delivery/provider-accounts/trial";
import { listStops, type StopScope, startSending, stopSending } from "#lib/delivery/stops";
import { sendMessage } from "#lib/purposes/messages";
import { count, forgetLimits, makeAccount, must, passPassword, setClock, together } from "#lib/testing/fixtures";
import { type Answering, answers, type Loopback, loopback } from "#lib/testing/loopback";

// An operator's stop applies from its commit on: a hand-over in progress completes, no other begins, and nothing is sent belatedly (J08, F13).

let a: Loopback;
let b: Loopback;
const accepted = answers(202, { id: "m" });
const gateway = (name: string, server: Loopback, order: number) =>
  addProviderAccount({ name, kind: "webhook", channels: ["sms"], order, baseUrl: server.url, secrets: { secret: "s".repeat(32) } }).then(
    must,
  );

const scope = (channel: StopScope["channel"], more: Partial<StopScope> = {}): StopScope => ({
  channel,
  country: null,
  provider: null,
  ...more,
});
const off = async (one: StopScope) => must(await stopSending(one, "cli:test"));
const on = async (one: StopScope) => must(await startSending(one, "cli:test"));
const TEXTS = scope("SMS");

beforeAll(async () => {
  [a, b] = [await loopback(), await loopback()];
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
});
beforeEach(async () => {
  for (const server of [a, b]) {
    server.arrived.splice(0);
    server.answer(accepted);
  }
  await gateway("a", a, 10);
  await gateway("b", b, 20);
});
afterEach(async () => {
  await sql`DELETE FROM sending_stops`;
  for (const name of ["a", "b"]) await removeProviderAccount(name);
  await setClock(0);
});
afterAll(async () => {
  await closeConnections();
  await Promise.all([a.close(), b.close()]);
});

async function queued(): Promise<string> {
  await forgetLimits();
  const { userId } = await makeAccount();
  await passPassword({ userId, email: `${userId}@example.jp`, e164: "", phoneId: "" });
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid`;
  return row?.id ?? "";
}
const stateOf = async (id: string) => {
  const [row] = await sql<{ state: string }>`SELECT concat_ws(' ', status, reason) AS state FROM messages WHERE id = ${id}::uuid`;
  return row?.state;
};
const sent = async (id: string) => {
  await sendMessage(id);
  return stateOf(id);
};
const asked = () => [a.arrived.length, b.arrived.length];
/** Answers only after the operator has stopped texts, during the hand-over. */
const stopsMeanwhile =
  (answering: Answering): Answering =>
  (arrived, response) =>
    void off(TEXTS).then(() => answering(arrived, response));

describe("A stop", () => {
  it("keeps a queued text from every account, ends it with the reason, and gives its send back", async () => {
    const id = await queued();
    await off(TEXTS);
    expect(await sent(id)).toBe("failed sending_stopped");
    expect(asked()).toEqual([0, 0]);
    expect(
      await count(sql<{ n: number }>`
      SELECT sends_refunded AS n FROM challenges c JOIN messages m ON m.challenge_id = c.id WHERE m.id = ${id}::uuid`),
    ).toBe(1);
  });

  it("covers its own channel and country alone", async () => {
    const id = await queued();
    await off(scope("VOICE"));
    await off(scope("EMAIL"));
    await off(scope("SMS", { country: "US" }));
    expect(await sent(id)).toBe("sent");
    const other = await queued();
    await off(scope("SMS", { country: "JP" }));
    expect(await sent(other)).toBe("failed sending_stopped");
  });

  it("of one account leaves its texts to the others, and of the last one ends them", async () => {
    await off(scope("SMS", { provider: "a" }));
    expect(await sent(await queued())).toBe("sent");
    expect(asked()).toEqual([0, 1]);
    await off(scope("SMS", { provider: "b", country: "JP" }));
    expect(await sent(await queued())).toBe("failed sending_stopped");
    expect(asked()).toEqual([0, 1]);
  });

  it("adds to others: starting ends exactly the stop of its own scope", async () => {
    const id = await queued();
    for (const one of [TEXTS, scope("SMS", { country: "JP" }), scope("SMS", { provider: "a" })]) await off(one);
    expect(await on(TEXTS)).toBe(true);
    expect(await on(TEXTS)).toBe(false);
    expect((await listStops()).map(({ country, provider }) => [country, provider])).toEqual([
      ["JP", null],
      [null, "a"],
    ]);
    expect(await sent(id)).toBe("failed sending_stopped");
  });

  it("that fifty operators make at once is one stop and one event, and ends once", async () => {
    const made = await together(50, () => stopSending(scope("SMS", { country: "JP" }), "cli:many"));
    expect(made.filter((one) => must(one))).toHaveLength(1);
    const ended = await together(50, () => startSending(scope("SMS", { country: "JP" }), "cli:many"));
    expect(ended.filter((one) => must(one))).toHaveLength(1);
    expect(await sql`SELECT event, method FROM audit_events WHERE event LIKE 'sending.%' AND method LIKE '%many' ORDER BY id`).toEqual([
      { event: "sending.stopped", method: "sms JP cli:many" },
      { event: "sending.started", method: "sms JP cli:many" },
    ]);
  });

  it("is refused where it would stop nothing: an unknown account, one that does not carry the channel, a country of mail", async () => {
    const refusals = await Promise.all([
      stopSending(scope("SMS", { provider: "nowhere" }), "cli:test"),
      stopSending(scope("VOICE", { provider: "a" }), "cli:test"),
      stopSending(scope("EMAIL", { country: "JP" }), "cli:test"),
    ]);
    expect(refusals.map((one) => !one.ok && one.error)).toEqual([
      "no_such_provider",
      "provider_does_not_carry",
      "mail_has_no_country_or_provider",
    ]);
    expect(await listStops()).toEqual([]);
  });

  it("does not keep an operator from a trial, by which a provider is found to be well again", async () => {
    await off(TEXTS);
    const trial = must(await sendTrial({ name: "a", to: "+819012345678", channel: "SMS", locale: "ja" }));
    expect([trial.status, ...asked()]).toEqual(["sent", 1, 0]);
  });
});

describe("A text in flight", () => {
  it("that a provider takes after the stop has gone out, and says so", async () => {
    a.answer(stopsMeanwhile(accepted));
    expect(await sent(await queued())).toBe("sent");
    expect(asked()).toEqual([1, 0]);
  });

  it("that its provider refuses after the stop is given to no other", async () => {
    a.answer(stopsMeanwhile(answers(500)));
    expect(await sent(await queued())).toBe("failed sending_stopped");
    expect(asked()).toEqual([1, 0]);
  });

  it("whose provider did not answer before the stop may have arrived, so nothing else is said of it", async () => {
    a.answer(stopsMeanwhile((_, response) => void response.socket?.resetAndDestroy()));
    expect(await sent(await queued())).toBe("failed unknown");
    expect(asked()).toEqual([1, 0]);
  });

  it("that another run of its job has begun to hand over is not ended by the stop", async () => {
    const id = await queued();
    let second: Promise<void> | undefined;
    a.answer((arrived, response) => {
      void off(TEXTS).then(async () => {
        second = sendMessage(id);
        await second;
        expect(await stateOf(id)).toBe("queued");
        accepted(arrived, response);
      });
    });
    expect(await sent(id)).toBe("sent");
    await second;
    expect(asked()).toEqual([1, 0]);
  });
});

describe("What waited through a stop", () => {
  it("is not sent once sending has begun again, and what is queued after it is", async () => {
    const before = await queued();
    await off(TEXTS);
    const meanwhile = await makeAccount();
    await sql`INSERT INTO messages (user_id, authenticator_id, template, channel, country, locale) VALUES (${meanwhile.userId}::uuid, ${meanwhile.phoneId}::uuid, 'code.SIGN_IN', 'SMS', 'JP', 'ja')`;
    const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${meanwhile.userId}::uuid`;
    await on(TEXTS);
    const after = await queued();
    expect(await sent(before)).toBe("failed sending_stopped");
    expect(await sent(row?.id ?? "")).toBe("failed sending_stopped");
    expect(await sent(after)).toBe("sent");
    expect(asked()).toEqual([1, 0]);
  });

  it("is judged by what the clock says now: a stop whose end a demo clock has put ahead stops nothing", async () => {
    await setClock(3600);
    await off(TEXTS);
    await on(TEXTS);
    await setClock(0);
    expect(await sent(await queued())).toBe("sent");
  });
});

describe("A stop of mail", () => {
  it("ends a notice that waits, and the next one goes out after it", async () => {
    const { userId } = await makeAccount();
    const notices = async () => {
      await queueNotice(sql, { userId, template: "notice.phone_bound", locale: "ja" });
      const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid ORDER BY created_at DESC LIMIT 1`;
      return row?.id ?? "";
    };
    const id = await notices();
    await off(scope("EMAIL"));
    expect(await sent(id)).toBe("failed sending_stopped");
    await on(scope("EMAIL"));
    expect(await sent(await notices())).toBe("delivered");
  });
});
