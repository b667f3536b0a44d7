import { randomUUID } from "node:crypto";
import { readNumber } from "#lib/accounts/bind-phone";
import { unknownAct } from "#lib/accounts/confirmations";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { maskNumber, targetOfNumber } from "#lib/authenticators/numbers/number";
import { takeNumberLimits } from "#lib/authenticators/numbers/send-limits";
import { brakeBlock, isPumped, takesOfNewNumber } from "#lib/authenticators/phones/count-new-number";
import type { PhoneNumber } from "#lib/authenticators/phones/number";
import { refusedSend } from "#lib/authenticators/phones/send-limits";
import { openChallenge } from "#lib/challenges/open";
import { type ConfirmedValues, confirmationDigest } from "#lib/crypto/confirmation-digest";
import { sealClaimed } from "#lib/crypto/number-seal";
import { signingKey } from "#lib/db/signing-keys";
import { retryOn, rollback, type Sql, sql, transaction } from "#lib/db/sql";
import { type ErrorCode, type Refused, tooManySends } from "#lib/errors";
import type { PresentedKey } from "#lib/keys/admit";
import { BRAKE, policies } from "#lib/limits/policy";
import { type Naming, naming } from "#lib/limits/subject";
import type { Take } from "#lib/limits/take";
import { needsPasskey } from "#lib/purposes/confirmation";
import { verifyNumberPurpose as purpose } from "#lib/purposes/verify-number";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { readVerification, shown, type Verification } from "#lib/verifications/read";
import { tokenOf } from "#lib/verifications/token";

const parts = ["act", "unit", "amount", "payee", "reference"] as const;

/** What another system asks for; `client` is the person's address in the form that limits count by, `idempotencyKey` the header. */
export type VerificationRequest = { [part in (typeof parts)[number]]?: string | undefined } & {
  to: string;
  channel: "sms" | "voice";
  locale: "ja" | "en";
  client: string | null;
  idempotencyKey: string | null;
};

/** Of two requests with one idempotency key the second finds the first. */
const SAME_KEY_RACE = "verifications_idempotency";

/** The act with all of its values, or none; a refusal names what is missing or what the operator's settings lack. */
function readAct({ act, unit, amount, payee, reference }: VerificationRequest): Result<ConfirmedValues | null, Refused> {
  const given = { act, unit, amount, payee, reference };
  const missing = parts.filter((part) => given[part] === undefined);
  if (missing.length === parts.length) return ok(null);
  const fields = Object.fromEntries(missing.map((part): [string, ErrorCode] => [part, "required"]));
  if (missing.length > 0) return fail({ code: "invalid_input", fields });
  const values = given as ConfirmedValues;
  const unknown = unknownAct(values);
  if (unknown) return fail(unknown);
  return needsPasskey(values) ? fail({ code: "passkey_required" }) : ok(values);
}

type Asked = { key: PresentedKey; request: VerificationRequest; number: PhoneNumber; act: ConfirmedValues | null; name: Naming };

/** The names of an idempotency key and of the values that came with it, which reveal neither; null without a key. */
function idempotencyOf(key: PresentedKey, request: VerificationRequest, name: Naming): { key: Buffer; values: Buffer } | null {
  const { idempotencyKey, to, channel, locale, client } = request;
  if (idempotencyKey === null) return null;
  const values = JSON.stringify([to, channel, locale, client, ...parts.map((part) => request[part] ?? null)]);
  return {
    key: name("verification/idempotency", `${key.id} ${idempotencyKey}`),
    values: name("verification/values", values),
  };
}

/** The verification that this idempotency key has begun already; null where there is none. */
async function begunBefore(key: PresentedKey, request: VerificationRequest, name: Naming): Promise<Result<Verification, Refused> | null> {
  const named = idempotencyOf(key, request, name);
  if (!named) return null;
  const [row] = await sql<{ id: string; same: boolean }>`
    SELECT id, request_hash = ${named.values}::bytea AS same FROM verifications
    WHERE key_id = ${key.id}::uuid AND idempotency_hash = ${named.key}::bytea`;
  if (!row) return null;
  if (!row.same) return fail({ code: "idempotency_key_reused" });
  const verification = await readVerification(key.id, row.id);
  return verification && ok(verification);
}

type Held = { policy: string; answer: Refused };

async function begin(tx: Sql, { key, request, number, act, name }: Asked, requester: Requester): Promise<Verification | Held | "pumped"> {
  const id = randomUUID();
  const { e164, country, landline } = number;
  const target = targetOfNumber(e164, country, request.channel === "voice" ? "VOICE" : "SMS");
  const asker = { keyId: key.id, sendsPerDay: key.sendsPerDay, client: request.client, verificationId: id };
  const take = (others: Take[] | Promise<Take[]>) => takeNumberLimits(tx, target, asker, { others, name });
  let held = await take(takesOfNewNumber(tx, id, e164));
  if (held?.policy === policies.numbersPerBlock.name) {
    if (await isPumped(tx, e164)) return rollback("pumped");
    held = await take([]);
  }
  if (held) return rollback({ policy: held.policy, answer: refusedSend(held) });
  const opened = { id, purpose, userId: null, locale: request.locale, target, token: await tokenOf(id) };
  const digest = act && confirmationDigest(act, { account: id, challenge: id });
  const named = idempotencyOf(key, request, name);
  const [{ view }] = await Promise.all([
    openChallenge(tx, opened),
    tx`
      INSERT INTO verifications (id, key_id, number_sealed, country, voice_only, client, idempotency_hash, request_hash, act, unit, amount, payee, reference, digest)
      VALUES (${id}::uuid, ${key.id}::uuid, ${sealClaimed(id, e164)}, ${country}, ${landline}, ${request.client},
        ${named?.key ?? null}::bytea, ${named?.values ?? null}::bytea,
        ${act?.act ?? null}, ${act?.unit ?? null}, ${act?.amount ?? null}, ${act?.payee ?? null}, ${act?.reference ?? null}, ${digest}::bytea)`,
    record(tx, { event: "verification.requested", challengeId: id, method: request.channel, ...requester }),
  ]);
  return shown({ id, status: "pending", to: maskNumber(e164), view });
}

/**
 * Begins a verification: a code to a number that has no account here, within the limits of the number, its block, its country, the site, the key and the
 * person's address. The same idempotency key with the same values returns the first one as it is now; with others it is `idempotency_key_reused`.
 */
export async function requestVerification(
  key: PresentedKey,
  request: VerificationRequest,
  requester: Requester,
): Promise<Result<Verification, Refused>> {
  const name = await naming();
  const before = await begunBefore(key, request, name);
  if (before) return before;
  const act = readAct(request);
  if (!act.ok) return act;
  const number = await readNumber({ number: request.to, channel: request.channel, acceptRisk: true });
  if (!number.ok) return number;
  const { country, e164 } = number.value;
  if (key.countries && !key.countries.includes(country)) return fail({ code: "number_not_accepted", reason: "country_not_allowed" });
  // The first key is made here, so that it is published before the receipt that it signs.
  if (act.value) await signingKey();
  const asked = { key, request, number: number.value, act: act.value, name };
  const begun = await retryOn(
    [SAME_KEY_RACE],
    async () => (await begunBefore(key, request, name)) ?? (await transaction((tx) => begin(tx, asked, requester))),
  );
  if (begun !== "pumped" && "ok" in begun) return begun;
  if (begun !== "pumped" && "id" in begun) return ok(begun);
  if (begun === "pumped") await brakeBlock(e164, country);
  const pumped: Held = { policy: policies.numbersPerBlock.name, answer: tooManySends(BRAKE.numberBlock) };
  const { policy, answer } = begun === "pumped" ? pumped : begun;
  await recordRefusal({ event: "send.refused", reason: policy, ip: requester.ip });
  return fail(answer);
}
