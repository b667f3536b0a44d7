import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";
import { softwarePasskey } from "../../lib/testing/software-passkey.ts";
import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, type Person, passPassword, register } from "./api.ts";
import { codeOf, phonesOf, proveMailbox, stepUp } from "./own-control.ts";
import type { Visitor } from "./person.ts";
import type { Instance } from "./server.ts";
import { newStaff, onRows, startCase } from "./staff.ts";
import { adopt } from "./visit.ts";

/** Brings users to each step through the API, so that a test starts at its own step. */

/** Returns a sign-up with a verified address that waits for its number. */
export async function awaitingNumber(url: string, email = freshEmail()): Promise<Client> {
  const client = new Client(url);
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  return client;
}

/** Returns a new account with unsaved recovery codes. */
export async function savingCodes(url: string, number = freshNumber()): Promise<Client> {
  const client = await awaitingNumber(url);
  expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(number)).code }), 200);
  return client;
}

export type Pending = { person: Person; client: Client; code: string };

/** Returns an account and a new browser that has passed its password. */
export async function awaitingCode(url: string, known?: Person): Promise<Pending> {
  const person = known ?? (await register(new Client(url)));
  return { person, ...(await passPassword(person, new Client(url))) };
}

/** Returns an account locked by ten wrong codes, with the browser of the last one. */
export async function lockedOut(url: string): Promise<Pending> {
  const first = await awaitingCode(url);
  await spend(first);
  const second = await awaitingCode(url, first.person);
  await spend(second);
  return second;
}

async function spend({ client, code }: Pending): Promise<void> {
  for (let step = 1; step <= 5; step += 1)
    await client.post("/challenge/verify", { code: String((Number(code) + step) % 1_000_000).padStart(6, "0") });
}

/** Returns a browser that has proven the mailed code of a reset. */
export async function awaitingResetFactor(url: string): Promise<Client> {
  const { email } = await register(new Client(url));
  const client = new Client(url);
  await proveMailbox(client, email);
  return client;
}

/** Returns an account and a browser that has proven everything for a new password. */
export async function awaitingPassword(url: string): Promise<{ person: Person; client: Client }> {
  const person = await register(new Client(url));
  const client = new Client(url);
  const code = await codeOf(client, person.number, () => proveMailbox(client, person.email));
  expectStatus(await client.post("/challenge/verify", { code }), 200);
  return { person, client };
}

/** The classes of acts that have pages. */
const CLASSES = ["manage_factors", "change_password", "change_email"];

/** Returns a signed-in person whose step-up opened the acts of these classes. */
export async function steppedUp(url: string, classes: readonly string[] = CLASSES): Promise<Person> {
  const person = await register(new Client(url));
  for (const action of classes) await stepUp(person, action);
  return person;
}

/** Adds a passkey to an account that stepped up for its factors; returns its id. */
async function addPasskey(client: Client): Promise<string> {
  const key = softwarePasskey({ origin: client.url, rpId: "localhost" });
  const { options } = expectStatus(await client.post("/factors/passkeys"), 200).body as unknown as {
    options: { challenge: string; user: { id: string } };
  };
  return String(expectStatus(await client.post("/factors/passkeys/confirm", { attestation: key.create(options) }), 201).body.id);
}

/** A person whom a service of another company sent here, on the page that asks for consent. */
async function askedForConsent(where: Pick<Instance, "url" | "databaseUrl">): Promise<{ client: Client; path: string; service: string }> {
  const { client } = await register(new Client(where.url));
  const id = randomUUID();
  await onRows(where, (rows) =>
    rows.query(
      `INSERT INTO openid_clients (id, name, secret_hash, redirect_uris, post_logout_redirect_uris, first_party, pairwise)
       VALUES ($1, 'お買い物', 'x', '{https://shop.example.jp/back}', '{}', false, false)`,
      id,
    ),
  );
  const query = new URLSearchParams({
    ...{ client_id: id, redirect_uri: "https://shop.example.jp/back", response_type: "code", scope: "openid email phone" },
    ...{ code_challenge: "x".repeat(43), code_challenge_method: "S256" },
  });
  const { headers } = expectStatus(await client.get(`/openid/authorize?${query}`), 303);
  return { client, path: headers.get("location") ?? "", service: id };
}

/** Clients at each step, who can open every page between them, and the path of a page of the build for the last of them. */
async function everybody({
  url,
  databaseUrl,
}: Pick<Instance, "url" | "databaseUrl">): Promise<{ clients: Client[]; pathOf: (page: string) => string }> {
  const owner = await steppedUp(url);
  const [phone] = await phonesOf(owner.client);
  const passkey = await addPasskey(owner.client);
  const clients = [new Client(url), await awaitingNumber(url), await savingCodes(url), (await awaitingCode(url)).client];
  const texted = await register(new Client(url));
  const where = { url, databaseUrl };
  const [entering, staff] = [await newStaff(where, "support", { entered: false }), await newStaff(where, "administrator")];
  const reference = await startCase(where, texted, staff);
  const inConsole = [entering.client, staff.client];
  const asked = await askedForConsent(where);
  const { user } = expectStatus(await texted.client.get("/api/v1/session"), 200).body as unknown as { user: { id: string } };
  const [message] = await onRows(where, (rows) =>
    rows.query<{ id: string }>(
      `SELECT m.id FROM messages m JOIN delivery_attempts d ON d.message_id = m.id AND d.message_at = m.created_at
       WHERE m.user_id = $1 AND d.provider_ref IS NOT NULL AND d.status = 'delivered' LIMIT 1`,
      user.id,
    ),
  );
  const [rehearsal] = await onRows(where, (rows) =>
    rows.query<{ id: string }>(
      `INSERT INTO rehearsals (scene, channel, locale, digits, message_id, wording, asked_by, status, reason, provider, seconds)
       SELECT 'refused', 'SMS', 'ja', '01', gen_random_uuid(), '【関所】認証コード ••••••（送信テスト）', audit_subject, 'undelivered', 'refused_by_subscriber', 'demo', 1.2
       FROM users WHERE email = $1 RETURNING id`,
      staff.email,
    ),
  );
  // Without a route it carries nothing.
  await onRows(where, (rows) =>
    rows.query(
      "INSERT INTO provider_accounts (name, kind, base_url, settings) VALUES ('gateway', 'webhook', 'https://sms.example.jp/hook', '{}')",
    ),
  );
  const event = await onRows(where, async (rows) => {
    await rows.query(
      "INSERT INTO event_endpoints (url, secret_sealed, paused_at, paused_by) VALUES ('https://crm.example.jp/hook', 'x', now(), 'operator')",
    );
    await rows.query("INSERT INTO api_keys (name, scopes) VALUES ('shop', '{verify}')");
    const told = await rows.query<{ id: string }>(
      "SELECT emit_event('account.suspended', $1::uuid, json_build_object('account', $1::uuid)::jsonb) AS id",
      user.id,
    );
    return told[0]?.id;
  });
  return {
    clients: [
      ...clients,
      await awaitingResetFactor(url),
      (await awaitingPassword(url)).client,
      texted.client,
      owner.client,
      asked.client,
      ...inConsole,
    ],
    pathOf: (page) =>
      page
        .replace("/continue/x", asked.path)
        .replace("/admin/users/x", `/admin/users/${user.id}`)
        .replace("/admin/messages/x", `/admin/messages/${message?.id}`)
        .replace("/admin/cases/x", `/admin/cases/${reference}`)
        .replace("/admin/texts/x/x", "/admin/texts/sign_in/ja")
        .replace("/admin/providers/x", "/admin/providers/gateway")
        .replace("/admin/clients/x", `/admin/clients/${asked.service}`)
        .replace("/admin/events/x", `/admin/events/${event}`)
        .replace("/admin/setup/rehearse/x", `/admin/setup/rehearse/${rehearsal?.id}`)
        .replace("/account/phones/x", `/account/phones/${phone?.id}`)
        .replace("/account/factors/passkey/x", `/account/factors/passkey/${passkey}`),
  };
}

/** A page of the build with its path, and a client who may open it. */
export type Opened = { page: string; path: string; client: Client };

/** Finds a client for each of these pages by its status, which costs a fraction of a look with a browser. */
export async function everyPage(server: Pick<Instance, "url" | "databaseUrl">, pages: readonly string[]): Promise<Opened[]> {
  const { clients, pathOf } = await everybody(server);
  const found: Opened[] = [];
  for (const client of clients)
    for (const page of pages.filter((one) => !found.some((opened) => opened.page === one)))
      if ((await client.clone().get(pathOf(page))).status === 200) found.push({ page, path: pathOf(page), client });
  expect(found.map(({ page }) => page).sort()).toEqual([...pages].sort());
  return found;
}

/** Gives a visitor the client's cookies and opens a page. */
export async function become(visitor: Visitor, client: Client, path: string): Promise<void> {
  await visitor.page.context().clearCookies();
  await adopt(visitor.page.context(), client);
  await visitor.open(path);
}
