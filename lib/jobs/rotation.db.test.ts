import { afterEach, describe, expect, it, vi } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { stopAccount } from "#lib/accounts/notice-codes";
import { signIn } from "#lib/accounts/sign-in";
import { rehearse, rehearseAgain } from "#lib/console/rehearse";
import { unseal } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import type { Env } from "#lib/env";
import { addEndpoint, openSecrets, rotateEndpoint } from "#lib/events/endpoints";
import { reseal } from "#lib/jobs/reseal";
import { verifyChallenge } from "#lib/purposes/challenges";
import { openNote, sealNote } from "#lib/recovery/rows";
import { deviceOf } from "#lib/sessions/known-device";
import { type Account, codeOf, forgetLimits, makeAccount, must, PASSWORD, requester, setClock, signedIn } from "#lib/testing/fixtures";
import { staffMember } from "#lib/testing/staff";

// An old key can be taken away: whatever is written under a key is written again, lives on in its user's next visit, or is over soon (PH-04).

const DAY = 86_400;

/**
 * What becomes of every column that a key, or none, is behind: `resealed` by the job; `at use` when its owner comes the next time; `durable` under a
 * key that rotations leave alone; `dies` within so many days; `pinned` to its key, which the doctor counts.
 */
type Fate = "resealed" | "at use" | "durable" | "not keyed" | "pinned" | `dies within ${number} day${"s" | ""}`;
const columns: Record<string, Record<string, Fate>> = {
  api_key_secrets: { hash: "not keyed" },
  audit_events: { identifier_hash: "durable" },
  audit_heads: { hash: "durable" },
  audit_old_seals: { hash: "not keyed" },
  audit_refusals: { identifier_hash: "durable" },
  audit_seals: { hash: "durable" },
  audit_verification: { mac: "durable" },
  brakes: { subject: "durable" },
  challenge_codes: { sealed: "dies within 1 day" },
  challenges: { token_hash: "dies within 1 day", password_hash: "dies within 1 day", note_sealed: "dies within 1 day" },
  changes: { removed_sealed: "resealed" },
  confirmations: { digest: "not keyed" },
  demo_messages: { to_hash: "dies within 7 days", sealed: "resealed" },
  durable_keys: { sealed: "resealed" },
  event_endpoints: { secret_sealed: "resealed", old_secret_sealed: "resealed" },
  known_devices: { token_hash: "at use" },
  limit_hits: { subject: "durable", requester: "durable" },
  limit_rings: { subject: "durable" },
  logos: { bytes: "not keyed", digest: "not keyed" },
  member_import_batches: { rows_sealed: "resealed", lines_sealed: "resealed" },
  messages: { number_sealed: "dies within 1 day" },
  notice_codes: { hash: "resealed", sealed: "resealed" },
  openid_clients: { old_secret_hash: "not keyed", secret_hash: "not keyed" },
  openid_items: { grant_hash: "not keyed", id_hash: "not keyed", payload_sealed: "dies within 1 day", uid_hash: "not keyed" },
  passkey_ceremonies: { nonce: "not keyed" },
  passkeys: { credential_id: "not keyed", public_key: "not keyed" },
  phones: { number_hash: "resealed", number_sealed: "resealed" },
  provider_accounts: { secrets_sealed: "resealed" },
  recovery_cases: { note_sealed: "resealed" },
  recovery_code_sets: { sealed: "resealed" },
  recovery_codes: { selector: "pinned", hash: "pinned" },
  rehearsals: { number_sealed: "resealed" },
  reset_codes: { hash: "dies within 1 day", sealed: "dies within 1 day" },
  sessions: { token_hash: "dies within 1 day" },
  signing_keys: { private_sealed: "resealed" },
  site_sessions: { ticket_hash: "dies within 1 day", browser_hash: "not keyed", token_hash: "dies within 1 day" },
  spent_trusted_devices: { token_hash: "dies within 30 days" },
  staff_invites: { token_hash: "dies within 1 day" },
  takeovers: { number_hash: "durable" },
  totp: { seed_sealed: "resealed" },
  trusted_devices: { token_hash: "at use" },
  users: { password_hash: "at use" },
  verifications: { number_sealed: "dies within 1 day", idempotency_hash: "durable", request_hash: "durable", digest: "not keyed" },
};

const OLD = process.env.APP_KEYS ?? "";
const NEW = `next:${Buffer.from("another sekisho test key, no secret").toString("base64")}`;

const set = vi.hoisted((): { keys: string | undefined } => ({ keys: process.env.APP_KEYS }));
vi.mock("#lib/env", async (original) => {
  const real = await original<{ env: () => Env }>();
  return { ...real, env: () => ({ ...real.env(), APP_KEYS: set.keys }) };
});
/** Goes on as a process does that was started with other keys. */
function startWith(keys: string): void {
  set.keys = keys;
  delete (globalThis as Record<symbol, unknown>)[Symbol.for("sekisho.keys")];
}
/** Rotates the key: the new one in front, everything written again, and the old one away. `meanwhile` is what happens between. */
async function rotate({ from = OLD, to = NEW, meanwhile = async (): Promise<unknown> => undefined } = {}): Promise<void> {
  startWith(`${to},${from}`);
  await meanwhile();
  for (let rest = await reseal(); rest; rest = await reseal(rest));
  startWith(to);
}

const opens = async (account: Account, deviceToken?: string) => {
  await forgetLimits();
  const from = { ...requester, deviceToken };
  const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, from));
  return must(await verifyChallenge(token, { code: await codeOf(token) }, from));
};
const claim = async (claimant: Account, { e164 }: Account) => {
  const proven = await opens(claimant);
  const token = proven.next === "bind_phone" ? proven.challengeToken : "";
  must(await bindPhone(token, { number: e164, channel: "sms", acceptRisk: true }, requester));
  return verifyChallenge(token, { code: await codeOf(token) }, requester);
};

afterEach(async () => {
  await setClock(0);
  await rotate({ from: NEW, to: OLD });
});

describe("After a key rotation", () => {
  it("every column that holds bytes, a hash or a seal is one of the list, which says what becomes of it", async () => {
    const found = await sql<{ table: string; column: string }>`
      SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
        -- A month of a table has the columns of that table.
        JOIN pg_class k ON k.oid = format('public.%I', c.table_name)::regclass AND NOT k.relispartition
      WHERE c.table_schema = 'public' AND (c.data_type = 'bytea' OR c.column_name ~ '(^|_)(hash|sealed|token|mac|digest)(_|$)') ORDER BY 1, 2`;
    const listed = Object.entries(columns).flatMap(([table, of]) => Object.keys(of).map((column) => `${table}.${column}`));
    expect(found.map(({ table, column }) => `${table}.${column}`)).toEqual(listed.toSorted());
  });

  it("the codes of notices that were sent before it still stop, with the old key gone", async () => {
    const account = await makeAccount();
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    const [code] = await sql<{ id: string; reference: string; sealed: string }>`
      SELECT id, reference, sealed FROM notice_codes WHERE user_id = ${account.userId}::uuid AND channel = 'EMAIL'`;
    const typed = { reference: code?.reference ?? "", code: unseal(code?.sealed ?? "", noticeCodePlace(code?.id ?? "", account.userId)) };
    await rotate();
    must(await stopAccount(typed, requester));
  });

  it("both secrets of an endpoint for events still sign, with the old key gone", async () => {
    const { id, secret } = must(await transaction((tx) => addEndpoint(tx, { url: "http://127.0.0.1:9/rotated", types: null })));
    const { secret: fresh } = must(await transaction((tx) => rotateEndpoint(tx, id, 24)));
    await rotate();
    const [row] = await sql<{ current: string; old: string }>`
      SELECT secret_sealed AS current, old_secret_sealed AS old FROM event_endpoints WHERE id = ${id}::uuid`;
    expect(openSecrets(id, row?.current ?? "", row?.old ?? null)).toEqual([fresh, secret]);
    await sql`DELETE FROM event_endpoints`;
  });

  it("a number that was promised to another account before it is handed over, with the old key gone", async () => {
    const [holder, claimant] = [await makeAccount(), await makeAccount({ phone: false })];
    await setClock(181 * DAY);
    const promised = await claim(claimant, holder);
    expect(promised).toMatchObject({ error: { code: "number_taken", until: expect.any(String) } });
    await rotate({ meanwhile: () => opens(claimant) });
    await setClock(185 * DAY);
    expect((await claim(claimant, holder)).ok).toBe(true);
  });

  it("the number of a rehearsal from before it is sent to again, with the old key gone", async () => {
    const staff = await staffMember("administrator");
    const what = { scene: "handset", line: "docomo", system: "iphone" } as const;
    const asked = { what, channel: "SMS", number: "090-1234-5678", consent: true, provider: "", locale: "ja" } as const;
    const id = must(await rehearse(staff, asked, requester));
    await rotate();
    must(await rehearseAgain(staff, id, "ja", requester));
  });

  it("the note of a lost-phone case from before it is read by its reviewers, with the old key gone", async () => {
    const { userId } = await makeAccount();
    const challengeId = crypto.randomUUID();
    await sql`
      INSERT INTO recovery_cases (reference, user_id, reason, note_sealed, challenge_id, ip, user_agent, expires_at)
      VALUES ('R-0000TEST', ${userId}::uuid, 'lost', ${sealNote(userId, challengeId, "電車で")}, ${challengeId}::uuid, '', '', app_now() + interval '1 day')`;
    await rotate();
    const [row] = await sql<{ sealed: string }>`SELECT note_sealed AS sealed FROM recovery_cases WHERE challenge_id = ${challengeId}::uuid`;
    await sql`DELETE FROM recovery_cases WHERE challenge_id = ${challengeId}::uuid`;
    expect(openNote(userId, challengeId, row?.sealed ?? "")).toBe("電車で");
  });

  it("a browser that signed in since it is still known, with the old key gone", async () => {
    const account = await makeAccount();
    const { device } = signedIn(await opens(account));
    await rotate({ meanwhile: () => opens(account, device.token) });
    expect(await deviceOf(account.userId, device.token)).not.toBeNull();
  });
});
