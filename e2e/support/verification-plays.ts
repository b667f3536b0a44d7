import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { type Client, expectStatus, freshNumber, otherThan } from "./api.ts";
import { expect } from "./fixtures.ts";

/** Plays the calls of another system, as the document says. */

/** Makes a key with its scopes by its rows, and returns the header that presents it. */
export async function makeKey(databaseUrl: string, scopes = ["verify"]): Promise<Record<string, string>> {
  const secret = `sek_${randomBytes(32).toString("base64url")}`;
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    await db.query(
      "WITH k AS (INSERT INTO api_keys (name, scopes) VALUES ($1, $2) RETURNING id) INSERT INTO api_key_secrets (key_id, hash) SELECT id, $3 FROM k",
      [randomBytes(8).toString("hex"), scopes, createHash("sha256").update(secret).digest()],
    );
  } finally {
    await db.end();
  }
  return { authorization: `Bearer ${secret}` };
}

const NOBODY = "00000000-0000-4000-8000-000000000000";
const CALLS: [method: string, path: string, body?: object][] = [
  ["POST", "", { to: "09012345678", channel: "sms" }],
  ["GET", `/${NOBODY}`],
  ["POST", `/${NOBODY}/send`, { channel: "sms" }],
  ["POST", `/${NOBODY}/check`, { code: "123456" }],
];

export async function playVerifications(visitor: () => Client, databaseUrl: string): Promise<void> {
  const key = await makeKey(databaseUrl);
  const other = await makeKey(databaseUrl, ["other"]);
  const client = visitor();
  const ask = (method: string, path: string, body?: object, headers = key) =>
    client.call(method, `/api/v1/verifications${path}`, body, headers);
  for (const [method, path, body] of CALLS) {
    expect(expectStatus(await ask(method, path, body, {}), 401).body.code).toBe("unauthenticated");
    expect(expectStatus(await ask(method, path, body, { authorization: "Bearer sek_x" }), 401).body.code).toBe("unauthenticated");
    expect(expectStatus(await ask(method, path, body, other), 403).body.code).toBe("not_allowed");
    if (path) expectStatus(await ask(method, path, body), 404);
  }
  expectStatus(await ask("POST", "", { to: "1", channel: "sms" }), 422);
  expectStatus(await ask("POST", "", { to: freshNumber(), channel: "sms", clientIp: "nowhere" }), 422);
  const number = freshNumber();
  const idempotent = { ...key, "idempotency-key": "order-1" };
  const body = { to: number, channel: "sms", locale: "ja", clientIp: "203.0.113.7", act: "points_exchange", unit: "pt", amount: "5000" };
  const act = { ...body, payee: "山田商店", reference: "order-1" };
  const { id } = expectStatus(await ask("POST", "", act, idempotent), 201).body;
  expect(expectStatus(await ask("POST", "", act, idempotent), 201).body.id).toBe(id);
  expect(expectStatus(await ask("POST", "", { ...act, amount: "5001" }, idempotent), 409).body.code).toBe("idempotency_key_reused");
  const { code, text } = await client.message(number);
  expect(text).toContain("山田商店へ5000pt");
  expect(expectStatus(await ask("GET", `/${id}`), 200).body).toMatchObject({ status: "pending", to: `••${number.slice(-2)}` });
  expectStatus(await ask("POST", `/${id}/send`, { channel: "voice" }), 202);
  expectStatus(await ask("POST", `/${id}/check`, { code: otherThan(String(code)) }), 422);
  const approved = expectStatus(await ask("POST", `/${id}/check`, { code }), 200).body;
  expect(approved).toMatchObject({ status: "approved", receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  expectStatus(await ask("POST", `/${id}/check`, { code }), 410);
}
