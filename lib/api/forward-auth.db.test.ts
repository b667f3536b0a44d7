import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forwardAuth } from "#lib/api/contract/forward-auth";
import { newToken } from "#lib/crypto/hash";
import { siteCookie } from "#lib/http/bearer";
import { browserDigest, exchangeTicket, issueTicket } from "#lib/sites/enter";
import { addSite, findSite, setLevel } from "#lib/sites/registry";
import { forgetLimits, makeAccount, must, requester } from "#lib/testing/fixtures";
import { type Browser, signInOn } from "#lib/testing/signed-in";

// What a proxy is told of a request to a host that it guards.

let host: string;
let person: Browser;
let token: string;
beforeEach(forgetLimits);
beforeAll(async () => {
  host = must(await addSite(`${randomUUID()}.example`, "aal1", "cli:test"));
  must(await setLevel(host, "/vault", "passkey", "cli:test"));
  person = await signInOn(await makeAccount());
  const [site, secret] = [await findSite(host), newToken()];
  const { sessionId } = person.acting;
  const ticket = must(await issueTicket({ siteId: site?.id ?? "", sessionId, browser: browserDigest(secret) }));
  token = (await exchangeTicket({ ticket, host, secret }, requester))?.token ?? "";
});

const told = async (headers: Record<string, string> = {}) => {
  const check = forwardAuth.find(({ path }) => path === "/api/forward-auth");
  if (!check) throw new Error("not in the table");
  return check.handler({
    ...{ target: "/api/forward-auth", query: new URLSearchParams(), params: {}, body: Buffer.alloc(0), requester, challengeToken: "" },
    headers: {
      ...{ cookie: `${siteCookie()}=${token}`, "x-forwarded-host": host, "x-forwarded-proto": "http" },
      ...{ "x-forwarded-method": "GET", "x-forwarded-uri": "/" },
      ...headers,
    },
    gone: () => false,
  });
};
const nobody = { "Remote-User": "", "Remote-Email": "", "Remote-Groups": "", "Remote-Acr": "", "Sekisho-Assertion": "" };

describe("A proxy", () => {
  it("is told who a request is from, by headers and by an assertion for that host (FW-06)", async () => {
    const { status, headers } = await told();
    expect([status, headers["Remote-User"], headers["Remote-Acr"]]).toEqual([200, person.acting.userId, "aal2"]);
    expect(decodeJwt(headers["Sekisho-Assertion"] ?? "")).toMatchObject({ sub: person.acting.userId, aud: host });
  });

  it("is told to lead a session in that has not reached the level of a path, in any spelling of it (FW-04)", async () => {
    for (const target of ["/vault/1", "/%76ault/1", "/x/../vault/1"])
      expect(await told({ "x-forwarded-uri": target })).toMatchObject({ status: 401, headers: nobody });
  });

  it("is told nobody for a cookie without the site's scheme, for none, and for a host that is not registered (FW-01)", async () => {
    expect(await told({ "x-forwarded-proto": "https" })).toMatchObject({ status: 401, headers: nobody });
    expect(await told({ cookie: "" })).toMatchObject({ status: 401, headers: nobody });
    expect(await told({ "x-forwarded-host": "other.example" })).toMatchObject({ status: 403, headers: nobody });
  });

  it("that leaves out what was asked, or repeats it, is told nothing (FW-01)", async () => {
    for (const name of ["x-forwarded-host", "x-forwarded-proto", "x-forwarded-method", "x-forwarded-uri"])
      for (const value of ["", "a, b"])
        expect([name, await told({ [name]: value })]).toMatchObject([name, { status: 400, headers: nobody }]);
  });
});
