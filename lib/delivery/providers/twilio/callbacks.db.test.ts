import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { lostCounts } from "#lib/delivery/messages/lost-receipts";
import type { Callback } from "#lib/delivery/provider";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { expectedTwilioSignature } from "#lib/delivery/providers/twilio/signature";
import { spokenCode } from "#lib/delivery/wording/voice";
import { answerCall, sendMessage } from "#lib/purposes/messages";
import { codeOf, forgetLimits, makeAccount, must, passPassword, together } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { ACCOUNT_SID, AUTH_TOKEN, CALL_SID, MESSAGE_SID } from "../../../../scripts/test/twilio.ts";

let server: Loopback;
let sid = MESSAGE_SID;
const sidOf = (digit: string, prefix = "SM") => `${prefix}${digit.repeat(32)}`;

beforeAll(async () => {
  server = await loopback((...call) => answers(201, { sid, status: "queued" })(...call));
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
  const settings = { accountSid: ACCOUNT_SID };
  must(
    await addProviderAccount({
      name: "tw",
      kind: "twilio",
      baseUrl: server.url,
      sender: "+12025550100",
      settings,
      secrets: { authToken: AUTH_TOKEN },
    }),
  );
});
afterAll(async () => {
  await closeConnections();
  await server.close();
});
beforeEach(async () => {
  sid = MESSAGE_SID;
  await forgetLimits();
  // Twilio gives every text a new id; the test reuses its own.
  await sql`UPDATE delivery_attempts SET provider_ref = NULL, status = 'failed' WHERE provider_ref IS NOT NULL`;
});

const sent = { status: "sent", reason: null };
const lost = () => Object.fromEntries(lostCounts()).other_attempt ?? 0;

type Sent = { token: string; messageId: string; attemptId: string };

async function queued(): Promise<{ token: string; messageId: string }> {
  const account = await makeAccount();
  const token = await passPassword(account);
  const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid ORDER BY created_at DESC LIMIT 1`;
  return { token, messageId: row?.id ?? "" };
}

async function texted(name = MESSAGE_SID): Promise<Sent> {
  const one = await queued();
  sid = name;
  await sendMessage(one.messageId);
  const [row] = await sql<{ id: string }>`SELECT id FROM delivery_attempts WHERE message_id = ${one.messageId}::uuid`;
  return { ...one, attemptId: row?.id ?? "" };
}

/** Inserts a call that Twilio accepted: Twilio could not fetch anything from the tests' loopback address. */
async function called(ref: string | null = CALL_SID): Promise<Sent> {
  const one = await queued();
  const attemptId = randomUUID();
  await sql`UPDATE messages SET channel = 'VOICE', status = 'sent' WHERE id = ${one.messageId}::uuid`;
  await sql`
    INSERT INTO delivery_attempts (id, message_id, message_at, provider, account_id, status, provider_ref)
    SELECT ${attemptId}::uuid, m.id, m.created_at, 'tw', p.id, 'sent', ${ref} FROM messages m, provider_accounts p WHERE m.id = ${one.messageId}::uuid AND p.name = 'tw'`;
  return { ...one, attemptId };
}

function callback(path: string, { attemptId }: Sent, fields: Record<string, string>, token = AUTH_TOKEN): Callback {
  const url = `https://auth.example.jp/api/receipts/tw${path}?key=k&attempt=${attemptId}`;
  const body = new URLSearchParams({ AccountSid: ACCOUNT_SID, ...fields }).toString();
  const headers = new Headers({ "x-twilio-signature": expectedTwilioSignature(token, url, body) });
  return { method: "POST", url, query: new URL(url).searchParams, headers, body };
}

const report = (one: Sent, MessageStatus: string, more: Record<string, string> = {}, token?: string) =>
  takeReceipt("tw", callback("", one, { MessageSid: MESSAGE_SID, MessageStatus, ...more }, token));
const ended = (one: Sent, CallStatus: string) => takeReceipt("tw", callback("", one, { CallSid: CALL_SID, CallStatus }));
const press = (one: Sent, Digits = "1", token?: string) =>
  answerCall("tw", callback("/voice", one, { CallSid: CALL_SID, CallStatus: "in-progress", Digits }, token));

const stateOf = async ({ messageId }: Sent) =>
  (await sql<{ status: string; reason: string | null }>`SELECT status, reason FROM messages WHERE id = ${messageId}::uuid`)[0];

const attemptOf = async ({ attemptId }: Sent) =>
  (await sql<{ status: string; ref: string }>`SELECT status, provider_ref AS ref FROM delivery_attempts WHERE id = ${attemptId}::uuid`)[0];

describe("A text through Twilio is as far as Twilio's signed receipts say", () => {
  it("sent, then delivered, once, however often and late it is told (H03, H04)", async () => {
    const one = await texted();
    expect(await stateOf(one)).toEqual({ status: "sent", reason: null });
    expect(await together(20, () => report(one, "delivered"))).toEqual(Array.from({ length: 20 }, () => "accepted"));
    for (const late of ["queued", "sent", "undelivered", "failed"])
      expect(await report(one, late, { ErrorCode: "30003" })).toBe("accepted");
    expect(await stateOf(one)).toEqual({ status: "delivered", reason: null });
  });

  it("refused, with the carrier's reason", async () => {
    const one = await texted();
    await report(one, "undelivered", { ErrorCode: "30004" });
    expect(await stateOf(one)).toEqual({ status: "undelivered", reason: "refused_by_subscriber" });
  });

  it("unmoved by a forger (H01)", async () => {
    const one = await texted();
    expect(await report(one, "delivered", {}, "f".repeat(32))).toBe("forbidden");
    expect(await stateOf(one)).toEqual({ status: "sent", reason: null });
  });
});

describe("A call through Twilio has arrived when a key was pressed, and not when it was answered (PSTN-09)", () => {
  it("delivered: the code is spoken after the key press, and the end of the call changes nothing", async () => {
    const one = await called();
    const answer = await press(one);
    expect(answer?.body).toContain(spokenCode("ja", await codeOf(one.token)));
    expect(await ended(one, "completed")).toBe("accepted");
    expect(await stateOf(one)).toEqual({ status: "delivered", reason: null });
  });

  it.each(["completed", "busy", "no-answer"])("not reachable: %s, and no key was pressed", async (status) => {
    const one = await called();
    expect(await ended(one, "in-progress")).toBe("accepted");
    expect(await stateOf(one)).toEqual({ status: "sent", reason: null });
    await ended(one, status);
    expect(await stateOf(one)).toEqual({ status: "undelivered", reason: "not_reachable" });
  });

  it("says nothing to a forger, and nothing once the code is used or replaced", async () => {
    const one = await called();
    expect(await press(one, "1", "f".repeat(32))).toBeNull();
    expect(await press(one, "")).toBeNull();
    await sql`UPDATE challenges SET voided_at = app_now() WHERE id = (SELECT challenge_id FROM messages WHERE id = ${one.messageId}::uuid)`;
    expect((await press(one))?.body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>');
    expect(await stateOf(one)).toEqual({ status: "sent", reason: null });
  });
});

describe("A callback whose signature is right and whose names are of two texts moves neither (WH-01)", () => {
  it("a receipt of another text: stored, not stored, and the other way round", async () => {
    const [mine, other] = [await texted(), await texted(sidOf("b"))];
    for (const MessageSid of [sidOf("b"), sidOf("c")]) expect(await report(mine, "delivered", { MessageSid })).toBe("accepted");
    expect(await report(other, "undelivered", { ErrorCode: "30004" })).toBe("accepted");
    expect([await stateOf(mine), await stateOf(other)]).toEqual([sent, sent]);
    await report(other, "delivered", { MessageSid: sidOf("b") });
    expect([await stateOf(mine), await stateOf(other)]).toEqual([sent, { status: "delivered", reason: null }]);
  });

  it("a receipt of another text for one whose own name is not known: it timed out at Twilio", async () => {
    const [lost, other] = [await texted(), await texted(sidOf("b"))];
    await sql`UPDATE delivery_attempts SET provider_ref = NULL WHERE id = ${lost.attemptId}::uuid`;
    await report(lost, "delivered", { MessageSid: sidOf("b") });
    expect([await stateOf(lost), await stateOf(other)]).toEqual([sent, sent]);
    // No other text has this id, so it is stored.
    await report(lost, "delivered");
    expect(await stateOf(lost)).toEqual({ status: "delivered", reason: null });
  });

  it("of twenty receipts at once for a text without a name, with twenty names, one names it", async () => {
    const one = await texted();
    await sql`UPDATE delivery_attempts SET provider_ref = NULL, status = 'queued' WHERE id = ${one.attemptId}::uuid`;
    const names = Array.from({ length: 20 }, (_, index) => `SM${index.toString(16).padStart(32, "a")}`);
    await Promise.all(names.map((MessageSid) => report(one, "sent", { MessageSid })));
    const named = (await attemptOf(one))?.ref ?? "";
    const before = lost();
    for (const MessageSid of names.filter((name) => name !== named)) await report(one, "delivered", { MessageSid });
    expect([lost() - before, (await attemptOf(one))?.status]).toEqual([19, "sent"]);
    await report(one, "delivered", { MessageSid: named });
    expect((await attemptOf(one))?.status).toBe("delivered");
  });

  it("says no code to another call, and takes its key press for none", async () => {
    const [mine, other] = [await called(), await called(sidOf("b", "CA"))];
    const stranger = (one: Sent, CallSid: string) =>
      answerCall("tw", callback("/voice", one, { CallSid, CallStatus: "in-progress", Digits: "1" }));
    const nothing = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';
    for (const CallSid of [sidOf("b", "CA"), sidOf("c", "CA")]) expect((await stranger(mine, CallSid))?.body).toBe(nothing);
    await sql`UPDATE delivery_attempts SET provider_ref = NULL WHERE id = ${mine.attemptId}::uuid`;
    expect((await stranger(mine, sidOf("b", "CA")))?.body).toBe(nothing);
    expect([await stateOf(mine), await stateOf(other)]).toEqual([sent, sent]);
    expect((await press(mine))?.body).toContain(spokenCode("ja", await codeOf(mine.token)));
  });
});
