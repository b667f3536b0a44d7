import { expect } from "@playwright/test";
import { generateSync } from "otplib";
import { softwarePasskey } from "../../lib/testing/software-passkey.ts";
import { type Client, expectStatus, otherThan, PASSWORD, type Person, register } from "./api.ts";

/** The calls of authenticator apps and passkeys, each with a success and a refusal. */

/** Returns the code that an app shows a number of thirty-second steps from now. */
export const shownBy = (secret: string, steps = 0): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });

/** Steps a person's session up for their factors by a text. */
export async function stepUp({ client, number }: Person): Promise<void> {
  const before = (await client.message(number)).at;
  expectStatus(await client.post("/step-up", { action: "manage_factors" }), 200);
  const sent = await client.post("/challenge/send", { method: "sms" });
  if (sent.status !== 202 && sent.status !== 429) expectStatus(sent, 202);
  expectStatus(await client.post("/challenge/verify", { method: "sms", code: (await client.message(number, before)).code }), 200);
}

/** Adds an authenticator app to a stepped-up account; returns its key. */
export async function addApp(client: Client): Promise<string> {
  const { secret } = expectStatus(await client.post("/factors/totp"), 200).body as { secret: string };
  expectStatus(await client.post("/factors/totp/confirm", { code: otherThan(shownBy(secret)) }), 422);
  expectStatus(await client.post("/factors/totp/confirm", { code: shownBy(secret) }), 204);
  return secret;
}

type Options = { options: { challenge: string; user: { id: string } } };

export async function playFactors(fresh: () => Client): Promise<void> {
  const person = await register(fresh());
  const { client } = person;
  const key = softwarePasskey({ origin: client.url, rpId: "localhost" });
  const unknown = softwarePasskey({ origin: client.url, rpId: "localhost" });
  const optionsOf = async (path: string, by = client) => (expectStatus(await by.post(path), 200).body as unknown as Options).options;
  const factors = async () =>
    expectStatus(await client.get("/api/v1/factors"), 200).body as unknown as { totp: unknown; passkeys: { id: string }[] };

  expectStatus(await fresh().get("/api/v1/factors"), 401);
  expectStatus(await client.post("/factors/totp"), 403);
  expectStatus(await client.post("/factors/passkeys"), 403);
  await stepUp(person);
  expectStatus(await client.call("DELETE", "/api/v1/factors/totp"), 404);
  await addApp(client);
  const attestation = key.create(await optionsOf("/factors/passkeys"));
  const { id } = expectStatus(await client.post("/factors/passkeys/confirm", { attestation, name: "鍵" }), 201).body as { id: string };
  expectStatus(await client.post("/factors/passkeys/confirm", { attestation }), 422);
  expect(await factors()).toMatchObject({ totp: { lastUsedAt: null }, passkeys: [{ id, name: "鍵", backedUp: true }] });
  expectStatus(await client.call("PATCH", `/api/v1/factors/passkeys/${id}`, { name: "スマホ" }), 200);
  expectStatus(await client.call("PATCH", "/api/v1/factors/passkeys/none", { name: "x" }), 404);

  const visitor = fresh();
  expectStatus(await visitor.post("/challenge/passkey"), 404);
  expectStatus(await visitor.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  expectStatus(await visitor.post("/challenge/verify", { assertion: unknown.get(await optionsOf("/challenge/passkey", visitor)) }), 422);
  const second = expectStatus(
    await visitor.post("/challenge/verify", { method: "passkey", assertion: key.get(await optionsOf("/challenge/passkey", visitor)) }),
    200,
  );
  expect(second.body.session).toMatchObject({ aal: 2, amr: ["pwd", "hwk", "user"] });

  const alone = fresh();
  const assertion = unknown.get(await optionsOf("/sign-in/passkey", alone));
  expect(expectStatus(await alone.post("/sign-in/passkey/verify", { assertion }), 401).body.reason).toBe("passkey_unknown");
  const opened = await alone.post("/sign-in/passkey/verify", { assertion: key.get(await optionsOf("/sign-in/passkey", alone)) });
  expect(expectStatus(opened, 200).body.session).toMatchObject({ aal: 2, amr: ["hwk", "user"] });

  expectStatus(await client.call("DELETE", "/api/v1/factors/passkeys/none"), 404);
  expectStatus(await client.call("DELETE", `/api/v1/factors/passkeys/${id}`), 204);
  expectStatus(await alone.get("/api/v1/session"), 401);
  expectStatus(await client.call("DELETE", "/api/v1/factors/totp"), 204);
}
