import { expect } from "@playwright/test";
import { softwarePasskey } from "../../lib/testing/software-passkey.ts";
import { type Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, passPassword, register } from "./api.ts";
import { shownBy } from "./factor-plays.ts";
import { openRows } from "./rows.ts";

/** A sign-up that ends without a phone, and a passkey that a browser makes by itself: each call with a success and a refusal. */

type Options = { options: { challenge: string; user: { id: string }; rp: { id: string } } };

/** Sets which factors a sign-up may end with. */
export async function allowAtSignUp(databaseUrl: string, kinds: readonly string[]): Promise<void> {
  const rows = await openRows(databaseUrl);
  await rows.query("INSERT INTO policy_changes (name, value, by) VALUES ('factorsAtSignUp', $1::jsonb, 'cli:test')", JSON.stringify(kinds));
  await rows.close();
  // A page may show the settings as of a second ago.
  await new Promise((resolve) => setTimeout(resolve, 1100));
}

async function atFactor(client: Client): Promise<Client> {
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  return client;
}

export async function playSignUpFactors(fresh: () => Client, databaseUrl: string): Promise<void> {
  const key = (client: Client) => softwarePasskey({ origin: client.url, rpId: "localhost" });
  const optionsOf = async (client: Client, path: string) => (expectStatus(await client.post(path), 200).body as unknown as Options).options;

  expectStatus(await fresh().post("/factors/totp"), 401);
  expectStatus(await fresh().post("/factors/passkeys"), 401);
  const early = await atFactor(fresh());
  expectStatus(await early.post("/factors/totp"), 422);
  await allowAtSignUp(databaseUrl, ["totp", "passkey"]);
  expectStatus(await early.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 422);

  const { secret } = expectStatus(await early.post("/factors/totp"), 200).body as { secret: string };
  expectStatus(await early.post("/factors/totp/confirm", { code: otherThan(shownBy(secret)) }), 422);
  const late = early.clone();
  const ended = expectStatus(await early.post("/factors/totp/confirm", { code: shownBy(secret) }), 200);
  expect(ended.body).toMatchObject({ next: "save_recovery_codes", session: { amr: ["pwd", "otp"], aal: 2 } });
  expectStatus(await early.get("/api/v1/session"), 200);
  expectStatus(await late.post("/factors/totp/confirm", { code: shownBy(secret) }), 401);

  const keyed = await atFactor(fresh());
  const attestation = key(keyed).create(await optionsOf(keyed, "/factors/passkeys"));
  expect(expectStatus(await keyed.post("/factors/passkeys/confirm", { attestation }), 200).body).toMatchObject({
    next: "save_recovery_codes",
    session: { amr: ["pwd", "hwk"] },
  });
  const guessing = await atFactor(fresh());
  for (let step = 1; step <= 5; step += 1) expectStatus(await guessing.post("/factors/passkeys/confirm", { attestation }), 422);
  expectStatus(await guessing.post("/factors/passkeys/confirm", { attestation }), 429);
  await allowAtSignUp(databaseUrl, ["phone"]);

  const { client: texted, code } = await passPassword(await register(fresh()), fresh());
  expectStatus(await texted.post("/factors/passkeys/automatic"), 401);
  expectStatus(await texted.post("/challenge/verify", { code }), 200);
  expectStatus(await texted.post("/factors/passkeys/automatic/confirm", { attestation }), 422);
  const made = key(texted).create(await optionsOf(texted, "/factors/passkeys/automatic"), { up: false, uv: false });
  expectStatus(await texted.post("/factors/passkeys/automatic"), 422);
  expectStatus(await texted.post("/factors/passkeys/automatic/confirm", { attestation: made }), 201);
}
