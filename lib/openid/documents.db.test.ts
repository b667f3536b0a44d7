import { readFileSync } from "node:fs";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { levels } from "#lib/sessions/levels";
import { makeAccount } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer } from "#lib/testing/openid";
import { signInOn } from "#lib/testing/signed-in";

// The claims, answers and requests in the documents of OpenID Connect match the real ones.

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const shown = (path: string) => [...read(path).matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json ?? "") as object);
const names = (values: object) => Object.keys(values).sort();

let door: OpenIdServer;
beforeAll(async () => {
  door = await openIdServer();
});
afterAll(() => door.close());

describe.each(["docs/openid.md", "docs/openid.ja.md"])("The document %s", (path) => {
  it("shows an ID token, userinfo and an introspection with the names that a service gets, neither more nor fewer", async () => {
    const service = await addService({ firstParty: true });
    const { from } = await signInOn(await makeAccount());
    const { tokens } = await door.enter(service, from.sessionToken, { scope: "openid email phone groups" });
    const told = await door.call("/openid/introspect", service, { token: tokens.access_token });
    const got = [decodeJwt(tokens.id_token), (await door.userinfo(tokens.access_token)).body, told.body];
    expect(shown(path).map(names)).toEqual(got.map(names));
  });

  it("names every level, and shows the receiver of logout tokens that a test runs", () => {
    for (const level of levels) expect(read(path)).toContain(`\`${level}\``);
    expect(read(path)).toContain(read("examples/logout/receiver.mjs").trim());
  });
});
