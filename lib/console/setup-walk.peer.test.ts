import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProviderForm } from "#lib/console/provider-fields";
import type { Loopback } from "#lib/testing/loopback";
import { newDatabase, openTestCluster, type TestCluster } from "../../scripts/test/cluster.ts";
import { vendor, vendorFolder, withPeers } from "../../scripts/test/peer.ts";
import { type Prism, startPrism } from "../../scripts/test/prism.ts";
import { ACCOUNT_SID, AUTH_TOKEN, type Params, sdk } from "../../scripts/test/twilio.ts";

// The four steps by the use cases of the console, against servers that vendors' own tools judge: an account is entered, its rate counts as a contract, a
// text goes to a handset and its receipt comes back as the vendor sends it. The product is loaded once this file's database is known.

let cluster: TestCluster;
const load = async () => ({
  ...(await import("#lib/console/providers")),
  ...(await import("#lib/console/rehearsals")),
  ...(await import("#lib/console/rehearse")),
  ...(await import("#lib/console/setup")),
  ...(await import("#lib/crypto/rehearsal-code")),
  ...(await import("#lib/db/sql")),
  ...(await import("#lib/delivery/messages/callbacks")),
  ...(await import("#lib/delivery/messages/check-attempt")),
  ...(await import("#lib/delivery/provider-accounts/store")),
  ...(await import("#lib/testing/fixtures")),
  ...(await import("#lib/testing/loopback")),
  ...(await import("#lib/testing/staff")),
});
type Product = Awaited<ReturnType<typeof load>>;
let product: Product;

/** Enters an account as the only one in use, and sends a text to a handset; returns its rehearsal and its attempt. */
async function walk(form: ProviderForm) {
  const { addProvider, rehearse, readRehearsal, readSteps, readFacts, listProviderAccounts, sql, must, requester, staffMember } = product;
  const staff = await staffMember("administrator");
  await sql`UPDATE provider_accounts SET disabled_at = app_now()`;
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
  await sql`DELETE FROM rehearsals`;
  const steps = async () => Object.fromEntries((await readSteps(await readFacts(async () => []))).map(({ name, state }) => [name, state]));
  expect(await steps()).toMatchObject({ choose: "open", link: "open", rehearse: "open" });
  must(await addProvider(staff, form));
  expect(await steps()).toMatchObject({ choose: "done", link: "done", rehearse: "open" });
  const what = { scene: "handset", line: "docomo", system: "iphone" } as const;
  const asked = { what, channel: "SMS", number: "090-1234-5678", consent: true, provider: form.name, locale: "ja" } as const;
  const id = must(await rehearse(staff, asked, requester));
  const [made] = await sql<{ id: string; ref: string | null }>`
    SELECT a.id, a.provider_ref AS ref FROM delivery_attempts a JOIN rehearsals r ON r.message_id = a.message_id WHERE r.id = ${id}::uuid`;
  const [line] = await listProviderAccounts(form.name);
  const receipts = new URL(line?.receipts ?? "");
  receipts.searchParams.set("attempt", made?.id ?? "");
  return {
    attemptId: made?.id ?? "",
    ref: made?.ref ?? "",
    receipts,
    row: async () => (await readRehearsal(id)) ?? expect.fail("no rehearsal"),
    /** The answer of the operator, with the code that the vendor was given. */
    async finish(code: string) {
      must(await product.confirmRehearsal(staff, id, { shown: "whole", autofill: "filled", code }, requester));
      expect(await steps()).toMatchObject({ choose: "done", link: "done", rehearse: "begun" });
      const proven = (await readFacts(async () => [])).find(({ name }) => name === "proven");
      expect(proven).toMatchObject({ holds: true, found: form.name });
      expect((await product.readNeeds(await product.currentRehearsals())).flatMap(({ of, met }) => (met ? [of] : []))).toEqual([
        "network",
        "system",
        "account",
      ]);
    },
  };
}
const callback = (to: URL, body: string, headers: Record<string, string> = {}) => ({
  method: "POST",
  url: to.href,
  query: to.searchParams,
  headers: new Headers(headers),
  body,
});
const codeIn = (text: string | null): string => /認証コード (\d{6})/.exec(text ?? "")?.[1] ?? expect.fail(`no code in ${text}`);

beforeAll(async () => {
  cluster = await openTestCluster();
  process.env.DATABASE_URL = await newDatabase(cluster.url);
  product = await load();
}, 120_000);
afterAll(() => cluster?.close());

withPeers(["npm"], "The four steps with Twilio, whose own OpenAPI document judges the requests and whose SDK signs the receipt", () => {
  let prism: Prism;
  let front: Loopback;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "twilio-walk-"));
    const document = join(folder, "document.json");
    writeFileSync(
      document,
      readFileSync(join(vendorFolder, "@twilio", "cli-core", "src", "services", "twilio-api", "twilio_api_v2010.json")),
    );
    prism = await startPrism(document);
    front = await product.loopback(async ({ method, path, headers, body }, response) => {
      const { authorization = "", "content-type": type = "" } = headers;
      const sent = { authorization, accept: "application/json", "content-type": type };
      const answer = await fetch(prism.url + path, { method, headers: sent, body: body.toString() });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
  });
  afterAll(async () => {
    await front?.close();
    await prism?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lead from the entered account to a text that arrived whole", async () => {
    const { ref, receipts, row, finish } = await walk({
      name: "twilio",
      kind: "twilio",
      baseUrl: front.url,
      sender: "+12025550100",
      countries: "JP",
      price: "12.4",
      "setting.accountSid": ACCOUNT_SID,
      "secret.authToken": AUTH_TOKEN,
    });
    expect(await row()).toMatchObject({ status: "sent", tried: ["twilio"] });
    const told = new URLSearchParams(front.arrived.at(-1)?.body.toString());
    expect(told.get("To")).toBe("+819012345678");
    const address = new URL(told.get("StatusCallback") ?? receipts.href);
    const fields: Params = { AccountSid: ACCOUNT_SID, MessageSid: ref, SmsSid: ref, MessageStatus: "delivered", SmsStatus: "delivered" };
    const body = new URLSearchParams(fields as Record<string, string>).toString();
    const signed = (token: string) => ({ "x-twilio-signature": sdk().getExpectedTwilioSignature(token, address.href, fields) });
    expect(await product.takeReceipt("twilio", callback(address, body, signed("0".repeat(32))))).toBe("forbidden");
    expect((await row()).status).toBe("sent");
    expect(await product.takeReceipt("twilio", callback(address, body, signed(AUTH_TOKEN)))).toBe("accepted");
    expect(await row()).toMatchObject({ status: "delivered", seconds: expect.any(Number) });
    await finish(codeIn(told.get("Body")));
  }, 30_000);
});

/** The used part of KARADEN's own SDK. */
type Message = { tags: string[]; sentResult: string };
interface Builder {
  withApiBase(value: string): Builder;
  withTenantId(value: string): Builder;
  withApiKey(value: string): Builder;
  withApiVersion(value: string): Builder;
  withId(value: string): Builder;
  build(): object;
}
type Sdk = {
  RequestOptions: { newBuilder(): Builder };
  MessageDetailParams: { newBuilder(): Builder };
  Message: { detail(params: object, options: object): Promise<Message> };
};

withPeers(["npm"], "The four steps with KARADEN, whose own SDK reads the server that answers us", () => {
  const ID = "82bdf9de-a532-4bf5-86bc-c9a1366e5f4a";
  let server: Loopback;
  let result = "none";
  let tags: string[] = [];
  beforeAll(async () => {
    server = await product.loopback(({ method, body }, response) => {
      if (method === "POST") tags = [new URLSearchParams(body.toString()).get("tags[0]") ?? ""];
      const message = {
        object: "message",
        id: ID,
        tags,
        result: result === "none" ? "waiting" : "done",
        status: "done",
        sent_result: result,
      };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
    });
  });
  afterAll(() => server?.close());

  it("lead from the entered account to a text that arrived whole", async () => {
    const { attemptId, receipts, row, finish } = await walk({
      name: "karaden",
      kind: "karaden",
      baseUrl: server.url,
      price: "8",
      "setting.tenantId": "tenant",
      "setting.serviceId": "7",
      "secret.token": "a-token-of-the-tenant",
    });
    expect(await row()).toMatchObject({ status: "sent", tried: ["karaden"] });
    const sent = new URLSearchParams(server.arrived.at(-1)?.body.toString());
    result = "received";
    // A callback is a hint: nothing moves until the server itself is asked.
    const hint = JSON.stringify({ object: "message", id: ID, tags: [attemptId], sent_result: "received" });
    expect(await product.takeReceipt("karaden", callback(receipts, hint))).toBe("accepted");
    expect((await row()).status).toBe("sent");
    await product.checkAttempt(attemptId);
    expect((await row()).status).toBe("delivered");
    const { RequestOptions, MessageDetailParams, Message } = vendor<Sdk>("karaden-prg-node");
    const options = RequestOptions.newBuilder()
      .withApiBase(server.url)
      .withTenantId("tenant")
      .withApiKey("key")
      .withApiVersion("2024-03-01")
      .build();
    const theirs = await Message.detail(MessageDetailParams.newBuilder().withId(ID).build(), options);
    expect([theirs.sentResult, theirs.tags]).toEqual(["received", [attemptId]]);
    await finish(codeIn(sent.get("body")));
  }, 30_000);
});
