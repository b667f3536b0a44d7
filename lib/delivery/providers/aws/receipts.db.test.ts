import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { closeConnections, receiptAddress } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount } from "#lib/delivery/provider-accounts/store";
import { must } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { newSigner, notification, type Post, TOPIC } from "#lib/testing/sns";

const signer = newSigner();
let sns: Loopback;
let account: { id: string; name: string };

beforeAll(async () => {
  sns = await loopback();
  const settings = { region: "ap-northeast-1", accessKeyId: "A".repeat(20), configurationSet: "codes", topicArn: TOPIC };
  account = must(
    await addProviderAccount({ name: "cloud", kind: "aws", baseUrl: sns.url, settings, secrets: { secretAccessKey: "s".repeat(40) } }),
  );
});
beforeEach(() => {
  sns.arrived.splice(0);
  sns.answer(answers(200, signer.certificate));
});
afterAll(async () => {
  await closeConnections();
  await sns.close();
});

/** An attempt of the account that is under way, with AWS's own id or, after a time-out, without. */
async function underWay(ref: string | null): Promise<string> {
  const attempt = randomUUID();
  await sql`
    WITH m AS (INSERT INTO messages (template, channel, locale, status, tries) VALUES ('trial', 'SMS', 'ja', 'sent', 1) RETURNING id, created_at)
    INSERT INTO delivery_attempts (id, message_id, message_at, provider, account_id, status, provider_ref)
    SELECT ${attempt}::uuid, m.id, m.created_at, 'cloud', ${account.id}::uuid, 'sent', ${ref} FROM m`;
  return attempt;
}

const statusOf = async (attempt: string) =>
  (await sql<{ status: string }>`SELECT status FROM delivery_attempts WHERE id = ${attempt}::uuid`)[0]?.status;
const key = () => new URL(receiptAddress(account)).searchParams.get("key");
const post = (body: Post, given = key()) => {
  const url = `https://auth.example.jp/api/receipts/cloud${given === null ? "" : `?key=${given}`}`;
  return takeReceipt("cloud", {
    method: "POST",
    url,
    query: new URL(url).searchParams,
    headers: new Headers(),
    body: JSON.stringify(body),
  });
};
const delivered = (attempt: string, messageId: string) =>
  notification({ eventType: "TEXT_DELIVERED", isFinal: true, messageId, context: { attempt } });

describe("A receipt from an SNS topic", () => {
  it("moves the text that it names, with AWS's id or by ours after a time-out", async () => {
    for (const ref of [randomUUID(), null]) {
      const attempt = await underWay(ref);
      expect(await post(signer.sign(delivered(attempt, ref ?? randomUUID())))).toBe("accepted");
      expect(await statusOf(attempt)).toBe("delivered");
    }
  });

  it("moves nothing when another signed it, or when its two names are of two texts (WH-01)", async () => {
    const [ref, other] = [randomUUID(), randomUUID()];
    const [attempt, of] = [await underWay(ref), await underWay(other)];
    expect(await post(newSigner().sign(delivered(attempt, ref)))).toBe("forbidden");
    expect(await post(signer.sign(delivered(attempt, other)))).toBe("accepted");
    expect([await statusOf(attempt), await statusOf(of)]).toEqual(["sent", "sent"]);
  });

  it("costs no request to SNS without the key of its address", async () => {
    const attempt = await underWay(null);
    for (const given of [null, "", "x"]) expect(await post(signer.sign(delivered(attempt, "m")), given)).toBe("forbidden");
    expect([sns.arrived.length, await statusOf(attempt)]).toEqual([0, "sent"]);
  });

  it("is asked for again while SNS cannot be reached, so that none is lost", async () => {
    await closeConnections();
    sns.answer(answers(503));
    const attempt = await underWay(null);
    const body = signer.sign(delivered(attempt, randomUUID()));
    expect(await post(body)).toBe("unusable");
    sns.answer(answers(200, signer.certificate));
    expect([await post(body), await statusOf(attempt)]).toEqual(["accepted", "delivered"]);
  });
});
