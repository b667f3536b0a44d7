import { randomUUID } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { type PresentedKey, presentedKey } from "#lib/keys/admit";
import { addKey, removeKey, rotateKey } from "#lib/keys/store";
import { guessingWait } from "#lib/limits/brakes";
import { rings } from "#lib/limits/policy";
import { ringOfBlocks, takeLimits } from "#lib/limits/take";
import { sendMessage } from "#lib/purposes/messages";
import { codeOf, forgetLimits, forgetPolicy, freshNumber, must, otherThan, requester, setClock, setPolicy } from "#lib/testing/fixtures";
import { checkVerification, sendVerification } from "#lib/verifications/act";
import { readVerification } from "#lib/verifications/read";
import { requestVerification, type VerificationRequest } from "#lib/verifications/request";
import { tokenOf } from "#lib/verifications/token";

process.env.CONFIRMATION_PASSKEY_FROM = "100000";

const BY = "cli:test";
const asks = (changes: Partial<VerificationRequest> = {}): VerificationRequest => ({
  to: freshNumber(),
  channel: "sms",
  locale: "ja",
  client: null,
  idempotencyKey: null,
  ...changes,
});
const makeKey = async (changes: { countries?: string[]; sendsPerDay?: number } = {}): Promise<PresentedKey> => {
  const key = { name: randomUUID(), scopes: ["verify"], countries: changes.countries ?? null, sendsPerDay: changes.sendsPerDay ?? null };
  const found = await presentedKey(`Bearer ${must(await addKey(key, BY))}`, "verify");
  if (!found) throw new Error("a key that was just made is unknown");
  return found;
};
const codeOfId = async (id: string) => codeOf(await tokenOf(id));

let key: PresentedKey;
beforeAll(async () => {
  key = await makeKey();
});
beforeEach(() => forgetLimits());
afterEach(() => setClock(0));

describe("A verification for another system", () => {
  it("is approved once by the code that was sent, of twenty right answers at once", async () => {
    const { id, status, to } = must(await requestVerification(key, asks({ to: "090-1234-5678" }), requester));
    expect([status, to]).toEqual(["pending", "••78"]);
    const code = await codeOfId(id);
    const all = await Promise.all(Array.from({ length: 20 }, () => checkVerification(key, id, code, requester)));
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await readVerification(key.id, id))?.status).toBe("approved");
    expect(await checkVerification(key, id, code, requester)).toEqual({ ok: false, error: { code: "challenge_expired" } });
    expect(await sql`SELECT 1 FROM audit_events WHERE event = 'verification.approved' AND challenge_id = ${id}::uuid`).toHaveLength(1);
  });

  it("takes five wrong codes of fifty at once, and then not even the right one", async () => {
    const { id } = must(await requestVerification(key, asks(), requester));
    const code = await codeOfId(id);
    const all = await Promise.all(Array.from({ length: 50 }, () => checkVerification(key, id, otherThan(code), requester)));
    expect(all.filter((one) => !one.ok && one.error.code === "code_wrong")).toHaveLength(5);
    expect(await checkVerification(key, id, code, requester)).toMatchObject({ error: { code: "too_many_attempts" } });
    expect((await readVerification(key.id, id))?.status).toBe("exhausted");
  });

  it("ends with its time", async () => {
    const { id } = must(await requestVerification(key, asks(), requester));
    const code = await codeOfId(id);
    await setClock(3_600);
    expect(await checkVerification(key, id, code, requester)).toEqual({ ok: false, error: { code: "challenge_expired" } });
    expect((await readVerification(key.id, id))?.status).toBe("expired");
  });

  it("is of its key alone: another key neither reads, sends nor checks it", async () => {
    const { id } = must(await requestVerification(key, asks(), requester));
    const other = await makeKey();
    const missing = { ok: false, error: { code: "not_found" } };
    expect(await readVerification(other.id, id)).toBeNull();
    expect(await sendVerification(other, id, "sms", requester)).toEqual(missing);
    expect(await checkVerification(other, id, await codeOfId(id), requester)).toEqual(missing);
    expect((await readVerification(key.id, id))?.attemptsLeft).toBe(5);
  });

  it("sends the same code again after the wait, and by call to the same number", async () => {
    const { id } = must(await requestVerification(key, asks(), requester));
    const code = await codeOfId(id);
    expect(await sendVerification(key, id, "sms", requester)).toMatchObject({ error: { code: "too_many_sends" } });
    await setClock(120);
    expect(must(await sendVerification(key, id, "voice", requester)).delivery?.method).toBe("voice");
    expect(await codeOfId(id)).toBe(code);
    expect(must(await checkVerification(key, id, code, requester)).status).toBe("approved");
  });

  it("keeps the number in no readable form, and no longer than a day after its end", async () => {
    const number = freshNumber();
    const { id } = must(await requestVerification(key, asks({ to: number }), requester));
    const [row] = await sql<{ row: string }>`SELECT v::text AS row FROM verifications v WHERE id = ${id}::uuid`;
    expect(row?.row).not.toContain(number.slice(3));
  });
});

describe("One act in a verification", () => {
  const act = { act: "points_exchange", unit: "pt", amount: "30000", payee: "山田商店", reference: "order-1" };

  it("is named whole or not at all", async () => {
    expect(await requestVerification(key, asks({ act: act.act }), requester)).toMatchObject({
      error: { code: "invalid_input", fields: { amount: "required", payee: "required" } },
    });
    expect(await requestVerification(key, asks({ ...act, act: "unknown" }), requester)).toMatchObject({
      error: { fields: { act: "invalid_input" } },
    });
  });

  it("needs a passkey from the amount that the operator sets, which no code proves", async () => {
    expect(await requestVerification(key, asks({ ...act, amount: "100000" }), requester)).toEqual({
      ok: false,
      error: { code: "passkey_required" },
    });
  });

  it("gives a receipt of its own type for the key that asked once approved, and none for values that were altered", async () => {
    const good = must(await requestVerification(key, asks(act), requester));
    expect(good.receipt).toBeUndefined();
    const { receipt = "" } = must(await checkVerification(key, good.id, await codeOfId(good.id), requester));
    expect(decodeProtectedHeader(receipt).typ).toBe("verification-receipt+jwt");
    const [named] = await sql<{ name: string }>`SELECT name FROM api_keys WHERE id = ${key.id}::uuid`;
    expect(decodeJwt(receipt)).toEqual({
      iss: env().publicOrigin,
      sub: good.id,
      jti: good.id,
      aud: named?.name,
      iat: expect.any(Number),
      ...act,
    });
    const bad = must(await requestVerification(key, asks(act), requester));
    const code = await codeOfId(bad.id);
    await sql`UPDATE verifications SET amount = '1' WHERE id = ${bad.id}::uuid`;
    expect(await checkVerification(key, bad.id, code, requester)).toMatchObject({ ok: false });
    expect((await readVerification(key.id, bad.id))?.status).toBe("pending");
  });
});

describe("An idempotency key", () => {
  it("begins one verification of twenty requests at once, and sends one text", async () => {
    const request = asks({ idempotencyKey: randomUUID() });
    const all = await Promise.all(Array.from({ length: 20 }, () => requestVerification(key, request, requester)));
    const ids = new Set(all.map((one) => must(one).id));
    expect(ids.size).toBe(1);
    expect(await sql`SELECT 1 FROM messages WHERE challenge_id = ${[...ids][0]}::uuid`).toHaveLength(1);
  });

  it("refuses another body, and is of its own key alone", async () => {
    const request = asks({ idempotencyKey: "order-1" });
    const { id } = must(await requestVerification(key, request, requester));
    expect(await requestVerification(key, { ...request, to: freshNumber() }, requester)).toMatchObject({
      error: { code: "idempotency_key_reused" },
    });
    expect(must(await requestVerification(await makeKey(), request, requester)).id).not.toBe(id);
  });
});

describe("The limits of a verification", () => {
  it("hold a number that many verifications name, whichever key asks, and a proof gives it back", async () => {
    const to = freshNumber();
    const refused = async () => {
      for (let sends = 0; sends < 12; sends += 1) {
        const begun = await requestVerification(sends % 2 ? key : await makeKey(), asks({ to }), requester);
        if (!begun.ok) return { sends, error: begun.error };
      }
      return null;
    };
    expect(await refused()).toMatchObject({ error: { code: "too_many_sends", retryAfter: expect.any(Number) } });
  });

  it("hold a person by the address that the client sends, and nobody else of that client", async () => {
    const client = "203.0.113.9";
    const results = [];
    for (let sends = 0; sends < 40 && results.at(-1)?.ok !== false; sends += 1)
      results.push(await requestVerification(key, asks({ client }), requester));
    expect(results.at(-1)).toMatchObject({ error: { code: "too_many_sends" } });
    expect((await requestVerification(key, asks({ client: "203.0.113.10" }), requester)).ok).toBe(true);
  });

  it("hold nobody of the site or of another system by an address that one system only names", async () => {
    const client = "203.0.113.11";
    const rogue = await makeKey();
    for (let wrong = 0; wrong < 45; wrong += 5) {
      const { id } = must(await requestVerification(rogue, asks({ client }), requester));
      for (let guess = 0; guess < 5; guess += 1) await checkVerification(rogue, id, otherThan(await codeOfId(id)), requester);
    }
    expect(await guessingWait(client)).toBe(0);
    let sent: boolean;
    do sent = (await requestVerification(rogue, asks({ client }), requester)).ok;
    while (sent);
    expect((await requestVerification(key, asks({ client }), requester)).ok).toBe(true);
    const held = await transaction((tx) => takeLimits(tx, ringOfBlocks(rings.sendsPerIp, client)));
    expect(held).toBeNull();
    const { id } = must(await requestVerification(key, asks({ client }), requester));
    must(await checkVerification(key, id, await codeOfId(id), requester));
    expect(await sql`SELECT DISTINCT ip FROM audit_events WHERE challenge_id = ${id}::uuid AND event = 'verification.approved'`).toEqual([
      { ip: client },
    ]);
  });

  it("hold nobody else back after wrong codes where the client sends no address of the person", async () => {
    const good = must(await requestVerification(key, asks(), requester));
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { id } = must(await requestVerification(key, asks(), requester));
        const wrong = otherThan(await codeOfId(id));
        for (let guess = 0; guess < 5; guess += 1) await checkVerification(key, id, wrong, requester);
      }),
    );
    expect(must(await checkVerification(key, good.id, await codeOfId(good.id), requester)).status).toBe("approved");
  });

  it("hold the block of a run of neighbouring numbers for an hour, but only tell of it while the guard monitors", async () => {
    const block = freshNumber().slice(0, -3);
    const ask = (last: number) => requestVerification(key, asks({ to: `${block}${last}` }), requester);
    await setPolicy("pumpingGuard", { mode: "monitor", sends: 10, provenPercent: 60 });
    for (let last = 100; last < 105; last += 1) must(await ask(last));
    await forgetPolicy();
    const refused = { ok: false, error: { code: "too_many_sends", reason: "throttled", retryAfter: 3600 } };
    expect(await ask(105)).toEqual(refused);
    // The brake holds numbers that were texted before, too.
    expect(await ask(100)).toMatchObject({ ok: false, error: { code: "too_many_sends" } });
    expect((await requestVerification(key, asks(), requester)).ok).toBe(true);
  });

  it("hold a key to its budget of the day and to its countries", async () => {
    const small = await makeKey({ sendsPerDay: 2 });
    for (let sends = 0; sends < 2; sends += 1) must(await requestVerification(small, asks(), requester));
    expect(await requestVerification(small, asks(), requester)).toMatchObject({
      error: { code: "too_many_sends", reason: "budget_spent" },
    });
    expect((await requestVerification(key, asks(), requester)).ok).toBe(true);
    const [allowed] = await sql<{
      countries: string[];
    }>`UPDATE api_keys SET countries = '{US}' WHERE id = ${small.id}::uuid RETURNING countries`;
    expect(await requestVerification({ ...small, countries: allowed?.countries ?? [] }, asks(), requester)).toMatchObject({
      error: { code: "number_not_accepted", reason: "country_not_allowed" },
    });
  });
});

describe("A key", () => {
  const newKey = (name: string) => ({ name, scopes: ["verify"], countries: null, sendsPerDay: null });

  it("is stored as a hash alone, and its rotation lets two secrets live for the overlap", async () => {
    const name = randomUUID();
    const first = must(await addKey(newKey(name), BY));
    for (const hours of [-1, 24 * 30 + 1, Number.NaN]) expect(await rotateKey(name, hours, BY)).toMatchObject({ error: "bad_overlap" });
    const second = must(await rotateKey(name, 1, BY));
    const live = async (secret: string) => (await presentedKey(`Bearer ${secret}`, "verify")) !== null;
    expect([await live(first), await live(second)]).toEqual([true, true]);
    await setClock(3_601);
    expect([await live(first), await live(second)]).toEqual([false, true]);
    const stored = await sql<{ row: string }>`SELECT s::text AS row FROM api_key_secrets s`;
    expect(stored.some(({ row }) => row.includes(first) || row.includes(second))).toBe(false);
  });

  it("that was removed works no longer, and has no secret left", async () => {
    const name = randomUUID();
    const secret = must(await addKey(newKey(name), BY));
    const { id = "" } = (await presentedKey(`Bearer ${secret}`, "verify")) ?? {};
    must(await removeKey(name, BY));
    expect(await presentedKey(`Bearer ${secret}`, "verify")).toBeNull();
    expect(await sql`SELECT 1 FROM api_key_secrets WHERE key_id = ${id}::uuid`).toEqual([]);
    const left = must(await addKey(newKey(name), BY));
    await sql`UPDATE api_keys SET removed_at = app_now() WHERE name = ${name}`;
    expect(await presentedKey(`Bearer ${left}`, "verify")).toBeNull();
  });

  it("notes its last use at most once a minute", async () => {
    const secret = must(await addKey(newKey(randomUUID()), BY));
    const used = async () => {
      const found = await presentedKey(`Bearer ${secret}`, "verify");
      const [row] = await sql<{ at: Date }>`SELECT last_used_at AS at FROM api_key_secrets WHERE key_id = ${found?.id}::uuid`;
      return row?.at.getTime();
    };
    const first = await used();
    expect(await used()).toBe(first);
    await setClock(61);
    expect(await used()).toBeGreaterThan(first ?? 0);
  });

  it("without the scope of a call is known and not allowed", async () => {
    const name = randomUUID();
    const secret = must(await addKey(newKey(name), BY));
    await sql`UPDATE api_keys SET scopes = '{other}' WHERE name = ${name}`;
    expect((await presentedKey(`Bearer ${secret}`, "verify"))?.allowed).toBe(false);
    expect(await presentedKey(`Bearer ${secret}x`, "verify")).toBeNull();
    expect(await presentedKey(secret, "verify")).toBeNull();
  });

  it("is refused with a name that is taken, an unknown scope and a country that the site does not allow", async () => {
    const name = randomUUID();
    must(await addKey(newKey(name), BY));
    expect(await addKey(newKey(name), BY)).toMatchObject({ error: "name_taken" });
    expect(await addKey({ ...newKey("a"), scopes: ["all"] }, BY)).toMatchObject({ error: "bad_scope" });
    expect(await addKey({ ...newKey("a"), countries: ["KP"] }, BY)).toMatchObject({ error: "bad_country" });
  });
});

describe("What other systems are told of a verification", () => {
  it("is the outcome of its text and that it was approved, by its id alone", async () => {
    await sql`INSERT INTO event_endpoints (url, secret_sealed, paused_at, paused_by) VALUES ('https://crm.example.jp/verified', 'x', app_now(), 'operator')`;
    const { id } = must(await requestVerification(key, asks(), requester));
    const [message] = await sql<{ id: string }>`SELECT id FROM messages WHERE challenge_id = ${id}::uuid`;
    await sendMessage(message?.id ?? "");
    must(await checkVerification(key, id, await codeOfId(id), requester));
    expect(await sql`SELECT type, data FROM events WHERE subject = ${id}::uuid ORDER BY position`).toEqual([
      { type: "verification.delivery", data: { verification: id, status: "delivered" } },
      { type: "verification.approved", data: { verification: id } },
    ]);
    await sql`DELETE FROM event_endpoints`;
    await sql`DELETE FROM events`;
  });
});
