import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { env } from "#lib/env";
import { ELSEWHERE } from "#lib/testing/elsewhere";
import { forgetLimits, makeAccount } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer, requestOf, type TestService } from "#lib/testing/openid";
import { type Browser, signInOn } from "#lib/testing/signed-in";

// What a service, a thief of one of its values and another service get from the endpoints.

let door: OpenIdServer;
let own: TestService;
let other: TestService;
let browser: Browser;
beforeAll(async () => {
  door = await openIdServer();
  [own, other] = [await addService({ firstParty: true }), await addService({ firstParty: true, pairwise: true })];
  browser = await signInOn(await makeAccount());
});
afterAll(() => door.close());
beforeEach(forgetLimits);

const session = () => browser.from.sessionToken;
const enter = (service = own, more = {}) => door.enter(service, session(), more);
const errorOf = ({ location }: { location: URL | null }) => location?.searchParams.get("error");

describe("A code", () => {
  it("works once, and a second use ends what was bought with it (OC-03)", async () => {
    const { code, verifier, tokens } = await enter();
    expect((await door.userinfo(tokens.access_token)).status).toBe(200);
    expect((await door.exchange(own, code, verifier)).body.error).toBe("invalid_grant");
    expect((await door.userinfo(tokens.access_token)).status).toBe(401);
    expect((await door.refresh(own, tokens.refresh_token)).body.error).toBe("invalid_grant");
  });

  it("works for eight uses at the same moment at most once (OC-03)", async () => {
    const { verifier, parameters } = requestOf(own);
    const code = (await door.authorize(parameters, session())).location?.searchParams.get("code") ?? "";
    const used = await Promise.all(Array.from({ length: 8 }, () => door.exchange(own, code, verifier)));
    expect(used.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it("buys nothing without its verifier, with another, at another address, or for another service (OC-03)", async () => {
    const attempt = async (use: (code: string, verifier: string) => Promise<{ status: number; body: Record<string, unknown> }>) => {
      const { verifier, parameters } = requestOf(own);
      const { location } = await door.authorize(parameters, session());
      const { status, body } = await use(location?.searchParams.get("code") ?? "", verifier);
      return [status, body.error];
    };
    expect(await attempt((code) => door.exchange(own, code, null))).toEqual([400, "invalid_grant"]);
    expect(await attempt((code) => door.exchange(own, code, "x".repeat(43)))).toEqual([400, "invalid_grant"]);
    expect(await attempt((code, verifier) => door.exchange(own, code, verifier, { redirect_uri: other.back }))).toEqual([
      400,
      "invalid_grant",
    ]);
    expect(await attempt((code, verifier) => door.exchange({ ...other, back: own.back }, code, verifier))).toEqual([400, "invalid_grant"]);
    expect(await attempt((code, verifier) => door.exchange({ ...own, secret: other.secret }, code, verifier))).toEqual([
      401,
      "invalid_client",
    ]);
    expect(await attempt((code, verifier) => door.exchange({ ...own, secret: "compared by its digest" }, code, verifier))).toEqual([
      401,
      "invalid_client",
    ]);
  });
});

describe("A request", () => {
  it.each<Record<string, string | null>>([
    { code_challenge: null, code_challenge_method: null },
    { code_challenge_method: "plain" },
    { code_challenge_method: null },
    { response_type: "token" },
    { response_type: "code id_token" },
    { response_type: "none" },
    { response_mode: "fragment" },
    { response_mode: "form_post" },
    { request: new UnsecuredJWT({ client_id: "x" }).encode() },
    { request_uri: "https://evil.example/request" },
  ])("with %j gets no code (OC-03)", async (broken) => {
    const { location } = await door.authorize(requestOf(own, broken).parameters, session());
    expect([location?.searchParams.get("code"), location?.hash.includes("code=")]).toEqual([null, false]);
  });

  it("is answered with the issuer, also by a refusal, so that a service tells its providers apart (OC-09)", async () => {
    const came = await door.authorize(requestOf(own).parameters, session());
    const refused = await door.authorize(requestOf(own, { prompt: "none" }).parameters);
    expect(errorOf(refused)).toBe("login_required");
    for (const { location } of [came, refused]) expect(location?.searchParams.get("iss")).toBe(env().publicOrigin);
    const { body } = await door.ask("/.well-known/openid-configuration");
    expect(body).toMatchObject({ issuer: env().publicOrigin, authorization_response_iss_parameter_supported: true });
  });

  it("leads to registered addresses alone, in every spelling, with a session and without one (OC-01, I05)", async () => {
    const near = ["/../evil", "?x=1", "#x", "/", "@evil.example", ".evil.example", "%0d%0aLocation: https://evil.example"];
    const spelled = [...ELSEWHERE, ...near.map((end) => `${own.back}${end}`), own.back.toUpperCase(), other.back];
    for (const where of spelled)
      for (const token of [session(), undefined]) {
        const { location } = await door.authorize(requestOf(own, { redirect_uri: where }).parameters, token);
        expect(`${where} ${location?.origin}${location?.pathname}`).toBe(`${where} ${env().publicOrigin}/continue/refused`);
      }
    for (const client_id of ["", "x", other.id]) {
      const { location } = await door.authorize(requestOf(own, { client_id }).parameters, session());
      expect(location?.pathname).toBe("/continue/refused");
    }
  });

  it("that nobody may be asked about is refused by the name of what is missing (OC-07)", async () => {
    const silent = async (more: Record<string, string>, service = own, token: string | undefined = session()) =>
      errorOf(await door.authorize(requestOf(service, { prompt: "none", ...more }).parameters, token));
    expect(await silent({ acr_values: "urn:sekisho:acr:passkey" })).toBe("unmet_authentication_requirements");
    expect(await silent({ max_age: "0" })).toBe("login_required");
    expect(await silent({}, await addService())).toBe("consent_required");
    expect(await silent({ acr_values: "urn:sekisho:acr:sms" })).toBeNull();
  });
});

describe("An ID token", () => {
  it("is signed with RS256 for its service alone, and no unsigned token is offered (OC-09)", async () => {
    const { id_token } = (await enter()).tokens;
    expect(decodeProtectedHeader(id_token)).toMatchObject({ alg: "RS256", kid: expect.any(String) });
    expect(decodeJwt(id_token)).toMatchObject({ iss: env().publicOrigin, aud: own.id, nonce: "n", acr: "urn:sekisho:acr:sms" });
    const { body } = await door.ask("/.well-known/openid-configuration");
    expect(body).toMatchObject({
      id_token_signing_alg_values_supported: ["RS256"],
      code_challenge_methods_supported: ["S256"],
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
    });
  });

  it("unsigned, or of another service, stands for nobody at a request (OC-09)", async () => {
    const { sub } = decodeJwt((await enter()).tokens.id_token);
    const unsigned = new UnsecuredJWT({})
      .setIssuer(env().publicOrigin)
      .setAudience(own.id)
      .setSubject(sub ?? "")
      .encode();
    for (const hint of [unsigned, (await enter(other)).tokens.id_token]) {
      const { location } = await door.authorize(requestOf(own, { prompt: "none", id_token_hint: hint }).parameters, session());
      expect(location?.searchParams.get("code")).toBeNull();
    }
  });

  it("knows the same person by another subject at a pairwise service (OC-08)", async () => {
    const subjects = [own, other].map(async (service) => decodeJwt((await enter(service)).tokens.id_token).sub);
    const [plain, pairwise] = await Promise.all(subjects);
    expect(plain).toBe(browser.acting.userId);
    expect(pairwise).toMatch(/^[\w-]{43}$/);
  });
});

describe("A token of a service", () => {
  it("is told of, ended and renewed by that service alone (OC-09)", async () => {
    const { access_token, refresh_token } = (await enter()).tokens;
    for (const token of [access_token, refresh_token]) {
      expect((await door.call("/openid/introspect", other, { token })).body).toEqual({ active: false });
      await door.call("/openid/revoke", other, { token });
      expect((await door.call("/openid/introspect", own, { token })).body).toMatchObject({ active: true, client_id: own.id });
    }
    expect((await door.refresh(other, refresh_token)).body.error).toBe("invalid_grant");
    await door.call("/openid/revoke", own, { token: refresh_token });
    expect((await door.refresh(own, refresh_token)).body.error).toBe("invalid_grant");
  });

  it("tells by introspection the level and the time of the sign-in, also after it was renewed (RFC 9470, 6.2)", async () => {
    const first = (await enter()).tokens;
    const { acr, auth_time } = decodeJwt(first.id_token);
    expect([acr, typeof auth_time]).toEqual(["urn:sekisho:acr:sms", "number"]);
    const renewed = (await door.refresh(own, first.refresh_token)).body as typeof first;
    for (const token of [first.access_token, renewed.access_token])
      expect((await door.call("/openid/introspect", own, { token })).body).toMatchObject({ active: true, acr, auth_time });
  });

  it("to renew works once: its copy ends everything of the sign-in, also of four uses at the same moment (OC-05)", async () => {
    const first = (await enter()).tokens;
    const second = (await door.refresh(own, first.refresh_token)).body as typeof first;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await door.refresh(own, first.refresh_token)).body.error).toBe("invalid_grant");
    expect((await door.refresh(own, second.refresh_token)).body.error).toBe("invalid_grant");
    expect((await door.userinfo(second.access_token)).status).toBe(401);
    const { refresh_token } = (await enter()).tokens;
    const race = await Promise.all(Array.from({ length: 4 }, () => door.refresh(own, refresh_token)));
    expect(race.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it("has what its scopes say and no more", async () => {
    const few = await door.userinfo((await enter(own, { scope: "openid" })).tokens.access_token);
    expect(Object.keys(few.body).sort()).not.toContain("email");
    const all = await door.userinfo((await enter(own, { scope: "openid email phone groups" })).tokens.access_token);
    expect(all.body).toMatchObject({ email: browser.acting.email, phone_number_verified: true, groups: [] });
  });
});
