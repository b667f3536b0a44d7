import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, verify as verifySignature } from "node:crypto";
import { createSigner, createVerifier } from "fast-jwt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changePassword } from "#lib/accounts/change-password";
import { beginConfirmation, spendConfirmation } from "#lib/accounts/confirmations";
import { beginPasskey, challengeOptions, confirmPasskey } from "#lib/accounts/passkeys";
import { RECEIPT_TYPE } from "#lib/accounts/receipt";
import { beginStepUp } from "#lib/accounts/step-up";
import { type ConfirmedValues, confirmationChallenge, confirmationDigest } from "#lib/crypto/confirmation-digest";
import { publishedKeys, rotateOldSigningKey, rotateSigningKey } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { demoMessages } from "#lib/demo/inbox";
import { env } from "#lib/env";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  addRecoveryCode,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  otherThan,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { doJobs } from "#lib/testing/plans";
import { type Browser, openStepUp, renewed, signInOn, stepUp } from "#lib/testing/signed-in";
import { softwarePasskey } from "#lib/testing/software-passkey";

// One act, confirmed by a second factor of its own for the values that were shown, and used once (SU-03, SU-04, C09, C10, C13).

process.env.CONFIRMATION_PASSKEY_FROM = "100000";

const values: ConfirmedValues = { act: "points_exchange", unit: "pt", amount: "5000", payee: "山田商店", reference: "order-1" };
const MISMATCH = { ok: false, error: { code: "confirmation_mismatch" } };

const begin = async (browser: Browser, asked = values) => must(await beginConfirmation(browser.acting, asked, null, browser.from));
const use = (browser: Browser, id: string, asked = values) => spendConfirmation(browser.acting, id, asked, browser.from);

/** Proves a confirmation by text; its session has a new token then. */
async function prove(browser: Browser, token: string): Promise<Browser> {
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from));
  if (verified.next !== "confirmed") throw new Error(`led to ${verified.next}`);
  return { ...browser, from: { ...browser.from, sessionToken: verified.sessionToken } };
}

async function confirmed(account?: Account, asked = values): Promise<{ browser: Browser; id: string; account: Account }> {
  const whose = account ?? (await makeAccount());
  const browser = await signInOn(whose);
  const { id, opened } = await begin(browser, asked);
  return { id, browser: await prove(browser, opened.token), account: whose };
}

/** Adds a passkey in a session that steps up for it. */
async function withPasskey(browser: Browser) {
  const stepped = await stepUp(browser, "manage_factors");
  const key = softwarePasskey({ origin: env().publicOrigin, rpId: "localhost", backup: true });
  const attestation = key.create(must(await beginPasskey(stepped.acting)));
  browser.from = renewed(stepped.from, must(await confirmPasskey(stepped.acting, { attestation }, stepped.from)));
  return key;
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A confirmation", () => {
  it("is asked for with its values, leads to its id, and is used once for a receipt", async () => {
    const browser = await signInOn(await makeAccount());
    const { id, opened } = await begin(browser);
    const action = { act: "points_exchange", amount: "5000", unit: "pt", payee: "山田商店" };
    expect(opened.view).toMatchObject({ purpose: "STEP_UP", action });
    expect((await readChallenge(opened.token))?.view.action).toEqual(action);
    const verified = must(await verifyChallenge(opened.token, { code: await codeOf(opened.token) }, browser.from));
    expect(verified).toMatchObject({ next: "confirmed", confirmation: id });
    expect(await use(browser, id)).toMatchObject({ ok: true, value: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
    expect(await use(browser, id)).toEqual(MISMATCH);
  });

  it.each<[string, Partial<ConfirmedValues>]>([
    ["another amount", { amount: "5001" }],
    ["another payee", { payee: "佐藤商店" }],
    ["another unit", { unit: "円" }],
    ["another act", { act: "transfer" }],
    ["another order", { reference: "order-2" }],
    ["another spelling of the amount", { amount: "5000.0" }],
  ])("is not used for %s, which does not burn it (C13)", async (_, other) => {
    const { browser, id } = await confirmed();
    expect(await use(browser, id, { ...values, ...other })).toEqual(MISMATCH);
    expect(await use(browser, id)).toMatchObject({ ok: true });
  });

  it("is not used before it is proven, in another session of the account, or by another account (C13)", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    const { id, opened } = await begin(browser);
    expect(await use(browser, id)).toEqual(MISMATCH);
    const proven = await prove(browser, opened.token);
    const other = await signInOn(account);
    expect(await use(other, id)).toEqual(MISMATCH);
    const stranger = await signInOn(await makeAccount());
    expect(await use(stranger, id)).toMatchObject({ error: { code: "not_found" } });
    expect(await use(proven, "00000000-0000-4000-8000-000000000000")).toMatchObject({ error: { code: "not_found" } });
    expect(await use(proven, id)).toMatchObject({ ok: true });
  });

  it("gives one receipt to twenty uses at once (C13)", async () => {
    const { browser, id } = await confirmed();
    const uses = await together(20, () => use(browser, id));
    expect(uses.filter(({ ok }) => ok)).toHaveLength(1);
    expect(uses.filter(({ ok }) => !ok)).toEqual(Array.from({ length: 19 }, () => MISMATCH));
  });

  it("is confirmed by one of fifty right answers", async () => {
    const browser = await signInOn(await makeAccount());
    const { opened } = await begin(browser);
    const code = await codeOf(opened.token);
    const answers = await together(50, () => verifyChallenge(opened.token, { code }, browser.from));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it("takes a proof of its own: no step-up of any class does, and it opens no class (SU-03, C09)", async () => {
    const account = await makeAccount();
    let browser = await stepUp(await signInOn(account), "change_email");
    const { id, opened } = await begin(browser);
    expect(await use(browser, id)).toEqual(MISMATCH);
    browser = await prove(browser, opened.token);
    expect(
      await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM step_ups WHERE session_id = ${browser.acting.sessionId}::uuid`),
    ).toBe(1);
    expect(must(await beginStepUp(browser.acting, "manage_factors", null, browser.from))).toHaveProperty("opened");
    const second = await begin(browser, { ...values, reference: "order-2" });
    expect(await use(browser, second.id, { ...values, reference: "order-2" })).toEqual(MISMATCH);
  });

  it("is not proven by the code of another act, of a step-up, or of another person's (C10)", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    const stepping = await codeOf(await openStepUp(browser, "manage_factors"));
    const first = await begin(browser);
    const small = await codeOf(first.opened.token);
    const second = await begin(browser, { ...values, amount: "90000", reference: "order-2" });
    const right = await codeOf(second.opened.token);
    for (const code of [stepping, small, otherThan(right)].filter((one) => one !== right))
      expect(await verifyChallenge(second.opened.token, { code }, browser.from)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await verifyChallenge(first.opened.token, { code: small }, browser.from)).toMatchObject({ ok: false });
    const { sessionToken: _, ...thief } = browser.from;
    expect(await verifyChallenge(second.opened.token, { code: right }, thief)).toMatchObject({ error: { code: "challenge_expired" } });
    expect(await use(browser, second.id, { ...values, amount: "90000", reference: "order-2" })).toEqual(MISMATCH);
  });

  it("ends ten minutes after it was asked for, proven or not (C10)", async () => {
    const { browser, id } = await confirmed();
    await setClock(597);
    const late = await confirmed();
    await setClock(602);
    expect(await use(browser, id)).toEqual(MISMATCH);
    expect(await use(late.browser, late.id)).toMatchObject({ ok: true });
  });

  it("ends with the session that asked", async () => {
    const { browser, id } = await confirmed();
    await sql`DELETE FROM sessions WHERE id = ${browser.acting.sessionId}::uuid`;
    expect(await use(browser, id)).toEqual(MISMATCH);
  });

  it("is neither asked for nor used while the account is restricted", async () => {
    const { browser, id, account } = await confirmed();
    await sql`UPDATE users SET restricted_until = app_now() + interval '1 hour' WHERE id = ${account.userId}::uuid`;
    const restricted = { error: { code: "account_restricted", until: expect.stringMatching(/^\d{4}-/) } };
    expect(await use(browser, id)).toMatchObject(restricted);
    expect(await beginConfirmation(browser.acting, values, null, browser.from)).toMatchObject(restricted);
  });

  it("refuses an act or a unit that the operator's settings do not have", async () => {
    const browser = await signInOn(await makeAccount());
    const ask = (other: Partial<ConfirmedValues>) => beginConfirmation(browser.acting, { ...values, ...other }, null, browser.from);
    expect(await ask({ act: "manage_factors" })).toMatchObject({ error: { code: "invalid_input", fields: { act: "invalid_input" } } });
    expect(await ask({ unit: "円" })).toMatchObject({ error: { code: "invalid_input", fields: { unit: "invalid_input" } } });
  });

  it("whose row was altered is not proven: what was shown is what the digest says", async () => {
    const browser = await signInOn(await makeAccount());
    const { id, opened } = await begin(browser);
    const code = await codeOf(opened.token);
    await sql`UPDATE confirmations SET amount = '9' WHERE id = ${id}::uuid`;
    expect(await verifyChallenge(opened.token, { code }, browser.from)).toMatchObject({ error: { code: "challenge_expired" } });
    expect(await use(browser, id, { ...values, amount: "9" })).toEqual(MISMATCH);
  });

  it("goes on when its session changes the password, and dies with the others", async () => {
    const account = await makeAccount();
    const other = await confirmed(account);
    const { browser, id } = await confirmed(account);
    const stepped = await stepUp(browser, "change_password");
    must(await changePassword(stepped.acting, "夕顔 ひそかに 咲く", stepped.from));
    expect(await use(other.browser, other.id)).toEqual(MISMATCH);
    expect(await use(stepped, id)).toMatchObject({ ok: true });
  });
});

describe("From the amount that the operator sets", () => {
  const large = { ...values, amount: "100000" };

  it("a passkey alone confirms: an account without one is told so, and no challenge is opened", async () => {
    const browser = await signInOn(await makeAccount());
    expect(await beginConfirmation(browser.acting, large, null, browser.from)).toEqual({ ok: false, error: { code: "passkey_required" } });
    expect(await beginConfirmation(browser.acting, { ...values, amount: "99999.99" }, null, browser.from)).toMatchObject({ ok: true });
  });

  it("an account with one gets no text and no other way", async () => {
    const account = await makeAccount();
    await addRecoveryCode(account.userId);
    const browser = await signInOn(account);
    await withPasskey(browser);
    const { opened } = await begin(browser, large);
    expect(opened.view).toMatchObject({ delivery: null, methods: [{ method: "passkey" }] });
    expect(await sendCode(opened.token, { method: "sms" }, browser.from)).toMatchObject({ error: { code: "method_not_available" } });
  });

  it("the passkey signs the values: it confirms them once, and no others that took their place meanwhile", async () => {
    const browser = await signInOn(await makeAccount());
    const key = await withPasskey(browser);
    const { userId } = browser.acting;
    const one = await begin(browser, large);
    const { challenge } = must(await challengeOptions(one.opened.token));
    const [row] = await sql<{ challengeId: string; nonce: Buffer; digest: Buffer }>`
      SELECT c.challenge_id, p.nonce, c.digest FROM confirmations c JOIN passkey_ceremonies p USING (challenge_id) WHERE c.id = ${one.id}::uuid`;
    if (!row) throw new Error("no ceremony");
    expect(challenge).toBe(confirmationChallenge(row.nonce, row.digest).toString("base64url"));
    const assertion = key.get({ challenge });
    const digest = confirmationDigest({ ...large, amount: "900000" }, { account: userId, challenge: row.challengeId });
    await sql`UPDATE confirmations SET amount = '900000', digest = ${digest} WHERE id = ${one.id}::uuid`;
    const say = (code: string) => verifyChallenge(one.opened.token, { method: "passkey", code }, browser.from);
    expect(await say(JSON.stringify(assertion))).toMatchObject({ error: { code: "code_wrong" } });
    await sql`UPDATE confirmations SET amount = ${large.amount}, digest = ${row.digest} WHERE id = ${one.id}::uuid`;
    expect(await say(JSON.stringify(key.get({ challenge: row.nonce.toString("base64url") })))).toMatchObject({
      error: { code: "code_wrong" },
    });
    const right = JSON.stringify(key.get(must(await challengeOptions(one.opened.token))));
    const verified = must(await say(right));
    if (verified.next !== "confirmed") throw new Error(`led to ${verified.next}`);
    const after = { ...browser, from: { ...browser.from, sessionToken: verified.sessionToken } };
    expect(await use(after, one.id, large)).toMatchObject({ ok: true });
  });

  it("no other kind confirms it, also where its code is right", async () => {
    const { userId, ...account } = await makeAccount();
    const browser = await signInOn({ userId, ...account });
    const { id, opened } = await begin(browser);
    const [row] = await sql<{ challengeId: string }>`SELECT challenge_id FROM confirmations WHERE id = ${id}::uuid`;
    const digest = confirmationDigest(large, { account: userId, challenge: row?.challengeId ?? "" });
    await sql`UPDATE confirmations SET amount = '100000', digest = ${digest} WHERE id = ${id}::uuid`;
    const answered = await verifyChallenge(opened.token, { code: await codeOf(opened.token) }, browser.from);
    expect(answered).toMatchObject({ error: { code: "method_not_available" } });
    expect(await use(browser, id, large)).toEqual(MISMATCH);
  });
});

describe("The text and the call of a confirmation", () => {
  it("name amount and payee of the row (SU-04)", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    const { opened } = await begin(browser);
    await doJobs();
    must(await sendCode(opened.token, { method: "voice" }, browser.from));
    await doJobs();
    const code = await codeOf(opened.token);
    const [call, text] = await demoMessages(account.e164, null);
    expect(text?.text).toBe(
      `【関所】山田商店へ5000ptの確認\n認証コード ${code}（10分有効）\n誰にも教えないでください\n@localhost #${code}`,
    );
    expect(call?.text).toMatch(/^関所です。山田商店へ5000pt、の確認です。/);
    expect(call?.greeting).not.toMatch(/5000|山田/);
  });
});

describe("A receipt", () => {
  type Jwk = JsonWebKey & { kid: string };
  const received = async () => {
    const { browser, id, account } = await confirmed();
    return { id, account, receipt: must(await use(browser, id)) };
  };
  const partsOf = (jws: string) => jws.split(".").map((part) => Buffer.from(part, "base64url"));
  const keyOf = async (jws: string) => {
    const { kid } = JSON.parse(String(partsOf(jws)[0])) as { kid: string };
    const jwk = ((await publishedKeys()).keys as Jwk[]).find((one) => one.kid === kid);
    if (!jwk) throw new Error(`the key ${kid} is not published`);
    return createPublicKey({ key: jwk, format: "jwk" });
  };

  /** Verifies with fast-jwt, which the product does not use, and accepts only the algorithm that the contract names. */
  const judge = async (jws: string, honest = jws) => {
    const pem = (await keyOf(honest)).export({ format: "pem", type: "spki" }).toString();
    return createVerifier({ key: pem, algorithms: ["EdDSA"], complete: true, cache: false })(jws);
  };

  it("verifies by another library with the published key, and says who, what, when and for whom (C13)", async () => {
    const { id, account, receipt } = await received();
    const { header, payload } = await judge(receipt);
    expect(header).toEqual({ alg: "EdDSA", typ: RECEIPT_TYPE, kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(payload).toEqual({ iss: env().publicOrigin, jti: id, iat: expect.any(Number), sub: account.userId, ...values });
    expect(Math.abs(payload.iat - Date.now() / 1000)).toBeLessThan(60);
    const [head, body] = receipt.split(".");
    const [, , signature] = partsOf(receipt);
    expect(verifySignature(null, Buffer.from(`${head}.${body}`), await keyOf(receipt), signature as Buffer)).toBe(true);
  });

  it("is refused by that library with other values, without an algorithm, or under HS256 with the public key (C13)", async () => {
    const { receipt } = await received();
    const [head = "", body = "", signature = ""] = receipt.split(".");
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
    const raised = `${head}.${encode({ ...claims, amount: "50000" })}.${signature}`;
    await expect(judge(raised, receipt)).rejects.toThrow();
    const none = `${encode({ ...JSON.parse(Buffer.from(head, "base64url").toString()), alg: "none" })}.${body}.`;
    await expect(judge(none, receipt)).rejects.toThrow();
    const pem = (await keyOf(receipt)).export({ format: "pem", type: "spki" }).toString();
    const hs = `${encode({ alg: "HS256", typ: RECEIPT_TYPE })}.${body}`;
    const forged = `${hs}.${createHmac("sha256", pem).update(hs).digest("base64url")}`;
    await expect(judge(forged, receipt)).rejects.toThrow();
    const other = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    await expect(judge(createSigner({ key: other, algorithm: "EdDSA" })(claims), receipt)).rejects.toThrow();
  });

  it("verifies after its key was replaced, whose private half is gone", async () => {
    const { receipt } = await received();
    const kid = await rotateSigningKey();
    const after = await received();
    expect((await judge(after.receipt)).header.kid).toBe(kid);
    expect((await judge(receipt)).header.kid).not.toBe(kid);
    expect(await sql`SELECT kid FROM signing_keys WHERE private_sealed IS NOT NULL`).toEqual([{ kid }]);
    expect(JSON.stringify(await publishedKeys())).not.toContain('"d":');
  });

  it("is signed by another key once its key is a month old, and by the same one until then", async () => {
    const kid = await rotateSigningKey();
    await rotateOldSigningKey();
    const signs = () => sql`SELECT kid FROM signing_keys WHERE private_sealed IS NOT NULL`;
    expect(await signs()).toEqual([{ kid }]);
    await sql`UPDATE signing_keys SET created_at = created_at - interval '26 days' WHERE kid = ${kid}`;
    await rotateOldSigningKey();
    expect(await signs()).toEqual([{ kid: expect.not.stringContaining(kid) }]);
  });

  it("is signed by one key when many ask for the first one at once", async () => {
    await sql`UPDATE signing_keys SET private_sealed = NULL`;
    const all = await Promise.all([1, 2, 3, 4].map(received));
    expect(new Set(all.map(({ receipt }) => receipt.split(".")[0])).size).toBe(1);
  });
});
