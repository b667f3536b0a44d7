import { codeAt, stepOf } from "#lib/authenticators/totp/seed";
import { type SoftwarePasskey, softwarePasskey } from "#lib/testing/software-passkey";
import type { LoadClient } from "./client.ts";
import { accepted, type BenchAccount, newest, PASSWORD, registerAccount, type Times } from "./journeys.ts";

/** The sign-ins by an authenticator app and by a passkey alone. The load process is the authenticator, so its own work is not measured. */

export type AppAccount = BenchAccount & { secret: string; lastStep: number };
export type PasskeyAccount = BenchAccount & { key: SoftwarePasskey };

/** Registers one account and proves its second factor for adding another. */
async function registerStrong(client: LoadClient, index: number): Promise<BenchAccount> {
  const account = await registerAccount(client, index);
  const post = async (path: string, body: object) => accepted(path, await client.ask("POST", `/api/v1${path}`, body));
  await post("/step-up", { action: "manage_factors" });
  await post("/challenge/verify", { code: (await newest(client, account.number, account.lastAt)).code });
  return account;
}

export async function registerApp(client: LoadClient, index: number): Promise<AppAccount> {
  const account = await registerStrong(client, index);
  const { secret } = JSON.parse(accepted("totp", await client.ask("POST", "/api/v1/factors/totp", {}))) as { secret: string };
  const lastStep = presentStep();
  accepted("totp", await client.ask("POST", "/api/v1/factors/totp/confirm", { code: codeAt(secret, lastStep) }));
  return { ...account, secret, lastStep };
}

type Options = { options: { challenge: string; user: { id: string } } };

export async function registerPasskey(client: LoadClient, index: number, url: string): Promise<PasskeyAccount> {
  const account = await registerStrong(client, index);
  const { origin, hostname } = new URL(url);
  const key = softwarePasskey({ origin, rpId: hostname });
  const { options } = JSON.parse(accepted("passkey", await client.ask("POST", "/api/v1/factors/passkeys", {}))) as Options;
  accepted("passkey", await client.ask("POST", "/api/v1/factors/passkeys/confirm", { attestation: key.create(options) }));
  return { ...account, key };
}

const clock = { offset: 0, moving: null as Promise<unknown> | null };
const presentStep = () => stepOf(Date.now() / 1000 + clock.offset);

/** Moves the product's clock to the next step of apps, because each step is accepted once; lanes that ask at once share one move. */
async function nextStep(client: LoadClient): Promise<void> {
  clock.moving ??= client.ask("POST", "/api/demo/clock", { offsetSeconds: clock.offset + 30 }).then((answer) => {
    accepted("clock", answer);
    clock.offset += 30;
    clock.moving = null;
  });
  await clock.moving;
}

/** Signs in: password, code of the app, session read. */
export async function timedApp(client: LoadClient, account: AppAccount): Promise<Times> {
  while (account.lastStep >= presentStep()) await nextStep(client);
  const t0 = performance.now();
  accepted("sign-in", await client.ask("POST", "/api/v1/sign-in", { identifier: account.email, password: PASSWORD }));
  const t1 = performance.now();
  account.lastStep = presentStep();
  const code = codeAt(account.secret, account.lastStep);
  accepted("verify", await client.ask("POST", "/api/v1/challenge/verify", { method: "totp", code }));
  const t2 = performance.now();
  accepted("session", await client.ask("GET", "/api/v1/session"));
  const t3 = performance.now();
  return { "sign-in": t1 - t0, verify: t2 - t1, session: t3 - t2, total: t3 - t0 };
}

/** Signs in with a passkey alone: options, assertion, session read. */
export async function timedPasskey(client: LoadClient, { key }: PasskeyAccount): Promise<Times> {
  const t0 = performance.now();
  const { options } = JSON.parse(accepted("sign-in", await client.ask("POST", "/api/v1/sign-in/passkey", {}))) as Options;
  const t1 = performance.now();
  const assertion = key.get(options);
  const t2 = performance.now();
  accepted("verify", await client.ask("POST", "/api/v1/sign-in/passkey/verify", { assertion }));
  const t3 = performance.now();
  accepted("session", await client.ask("GET", "/api/v1/session"));
  const t4 = performance.now();
  return { "sign-in": t1 - t0, verify: t3 - t2, session: t4 - t3, total: t4 - t0 - (t2 - t1) };
}
