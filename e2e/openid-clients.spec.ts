import { ensurePeers } from "../scripts/machine/peers.ts";
import { Client, expectStatus } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { startApacheClient, startNextApp } from "./support/openid-clients.ts";

// The examples of services, next-auth and Apache's module, sign a person in with the session here.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Follows a service's request here, and the answer back to the service. */
async function through(here: Client, service: Client, request: string): Promise<string> {
  const asked = new URL(request);
  expect(asked.searchParams.get("code_challenge_method")).toBe("S256");
  const { headers } = expectStatus(await here.get(`${asked.pathname}${asked.search}`), 303);
  const back = new URL(headers.get("location") ?? "");
  expect(back.origin).toBe(service.url);
  const came = await service.get(`${back.pathname}${back.search}`);
  expect(came.status, came.text).toBe(302);
  return came.headers.get("location") ?? "";
}

test("The example with next-auth signs a person in.", async ({ server, person }) => {
  const app = await startNextApp(server);
  try {
    const service = new Client(app.url);
    const { csrfToken } = (await service.get("/api/auth/csrf")).body as { csrfToken: string };
    const form = new URLSearchParams({ csrfToken, callbackUrl: app.url, json: "true" }).toString();
    const begun = await service.call("POST", "/api/auth/signin/sekisho", form, { "content-type": "application/x-www-form-urlencoded" });
    await through(person.client, service, String(expectStatus(begun, 200).body.url));
    expect((await service.get("/")).text).toContain(person.email);
  } finally {
    await app.stop();
  }
});

test("The example with Apache's mod_auth_openidc signs a person in.", async ({ server, person }) => {
  const there = process.platform === "linux" ? await ensurePeers(["auth-openidc"]) : [];
  test.skip(there.length === 0, "not installed: libapache2-mod-auth-openidc");
  const site = await startApacheClient(server);
  try {
    const service = new Client(site.url);
    const { headers } = expectStatus(await service.get("/"), 302);
    const back = await through(person.client, service, headers.get("location") ?? "");
    const page = await service.get(new URL(back, site.url).pathname);
    const { user } = (await person.client.get("/api/v1/session")).body as unknown as { user: { id: string } };
    expect([page.status, page.headers.get("x-signed-in-as")]).toEqual([200, `${user.id} ${person.email}`]);
  } finally {
    await site.stop();
  }
});
