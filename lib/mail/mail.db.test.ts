import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";

const server = await vi.hoisted(async () => {
  const { mailServer } = await import("#lib/testing/smtp");
  const started = await mailServer();
  Object.assign(process.env, {
    SEKISHO_MODE: "production",
    APP_URL: "https://auth.example.jp",
    SMTP_URL: started.url,
    MAIL_FROM: "no-reply@example.jp",
    TRUSTED_PROXIES: "none",
  });
  return started;
});

import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import { tasks } from "#lib/jobs/tasks";
import { readChallenge } from "#lib/purposes/challenges";
import { forgetLimits, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

/** Maps the answers of a mail server on loopback to the message that the page shows. */

afterAll(() => server.close());
beforeEach(async () => {
  server.reply({});
  server.named.length = 0;
  server.taken.length = 0;
  await forgetLimits();
});

async function viewed(token: string) {
  const read = await readChallenge(token);
  if (!read) throw new Error("the challenge is gone");
  return read.view;
}

const freshAddress = () => `${randomUUID()}@example.jp`;
type Job = { attempts: number; max_attempts: number };

/** Signs up, runs the mail job once, and returns the state that the challenge's page shows. */
async function signedUp(email = freshAddress(), job: Job = { attempts: 1, max_attempts: 5 }) {
  const { token } = must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE channel = 'EMAIL' ORDER BY created_at DESC LIMIT 1`;
  const run = () => (tasks.send_message as (payload: unknown, helpers: unknown) => Promise<void>)({ messageId: row?.id }, { job });
  const error = await run().then(
    () => null,
    (thrown: Error) => thrown,
  );
  const { delivery, sendsLeft } = await viewed(token);
  return { token, error, run, delivery, sendsLeft, messageId: row?.id ?? "" };
}

const refusals = [
  ["an address that does not exist", { RCPT: "550 5.1.1 <x@example.jp>: Recipient address rejected: User unknown" }, "address_refused"],
  [
    "the same, in the lines of another server",
    { RCPT: "550-5.1.1 The account does not exist.\r\n550 5.1.1 Try double-checking it" },
    "address_refused",
  ],
  ["the same without an enhanced code", { RCPT: "550 No such user here" }, "address_refused"],
  ["a mailbox that is full", { RCPT: "552 5.2.2 Mailbox full" }, "address_refused"],
  ["a mailbox that is closed", { RCPT: "550 5.2.1 The account is disabled" }, "address_refused"],
  ["a domain that takes no mail", { RCPT: "556 5.1.10 null MX" }, "address_refused"],
  ["an address that is refused after the text", { end: "550 5.1.1 no such user" }, "address_refused"],
  ["a server that relays nothing", { RCPT: "554 5.7.1 Relay access denied" }, "rejected"],
  ["a text that is taken for spam", { end: "554 5.7.1 rejected as spam" }, "rejected"],
  ["a refused DATA", { DATA: "554 5.5.1 no valid recipients" }, "rejected"],
] as const;

describe("A mail that is refused for good", () => {
  it.each(refusals)("is told at once, and not tried again: %s", async (_, replies, reason) => {
    server.reply(replies);
    const { error, delivery, sendsLeft, run, messageId } = await signedUp();
    expect(error).toBeNull();
    expect(delivery).toMatchObject({ method: "email", status: "failed", reason });
    // A refused mail gives its send back, like a text that the network refused.
    expect(sendsLeft).toBe(5);
    await run();
    expect(server.named).toHaveLength(1);
    const attempts =
      await sql`SELECT status, reason, ended_at IS NOT NULL AS ended FROM delivery_attempts WHERE message_id = ${messageId}::uuid`;
    expect(attempts).toEqual([{ status: "failed", reason, ended: true }]);
  });

  it("looks the same for an address that has an account (EN-01)", async () => {
    server.reply({ RCPT: "550 5.1.1 User unknown" });
    const { email } = await makeAccount();
    const [known, unknown] = [await signedUp(email), await signedUp()];
    const seen = ({ delivery, sendsLeft, error }: typeof known) => ({ ...delivery, hint: "", at: "", sendsLeft, error });
    expect(seen(known)).toEqual(seen(unknown));
    expect(known.delivery?.reason).toBe("address_refused");
  });
});

const temporary = [
  ["a mailbox that is busy", { RCPT: "450 4.2.1 try again later" }],
  ["greylisting", { RCPT: "451 4.7.1 Greylisted" }],
  ["a server that is full", { end: "452 4.3.1 Insufficient system storage" }],
  ["a server that closes", { greeting: "421 4.3.2 shutting down" }],
  ["a server that has no room for us", { greeting: "554 5.3.2 not now" }],
  ["a sender that is refused, which an operator mends", { MAIL: "550 5.7.1 sender not allowed" }],
  ["a connection that is lost before the recipient", { MAIL: "drops" }],
  ["a connection that is lost after the text", { end: "drops" }],
  ["a server that says nothing", { greeting: "hangs" }],
] as const;

describe("A mail that may pass later", () => {
  it.each(temporary)("is queued, and goes out with the next try: %s", async (_, replies) => {
    server.reply(replies);
    const { error, delivery, run, token, messageId } = await signedUp();
    expect(error).not.toBeNull();
    expect(delivery).toMatchObject({ status: "queued" });
    server.reply({});
    await run();
    expect((await viewed(token)).delivery).toMatchObject({ status: "sent" });
    expect(server.taken).toHaveLength(1);
    const attempts = await sql`
      SELECT status FROM delivery_attempts WHERE message_id = ${messageId}::uuid AND ended_at IS NOT NULL ORDER BY started_at`;
    expect(attempts).toEqual([{ status: "failed" }, { status: "sent" }]);
  });

  it("is failed once the last try is spent", async () => {
    server.reply({ RCPT: "450 4.2.1 try again later" });
    const { error, delivery } = await signedUp(freshAddress(), { attempts: 5, max_attempts: 5 });
    expect(error).not.toBeNull();
    expect(delivery).toMatchObject({ status: "failed", reason: "provider_down" });
  });
});

it.each(["try..this..0511@docomo.ne.jp", "abc.@docomo.ne.jp", ".abc@ezweb.ne.jp"])(
  "An address that a carrier once gave out and no RFC allows is quoted on the way: %s",
  async (email) => {
    const [local, domain] = email.split("@");
    const { delivery } = await signedUp(email);
    expect([delivery?.status, server.named]).toEqual(["sent", [`"${local}"@${domain}`]]);
    expect(server.taken[0]).toContain(`"${local}"@${domain}`);
  },
);

it("A mail that is taken is sent", async () => {
  const email = freshAddress();
  const { error, delivery } = await signedUp(email);
  expect([error, delivery?.status, server.named]).toEqual([null, "sent", [email]]);
});
