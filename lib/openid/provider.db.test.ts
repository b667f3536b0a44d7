import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { giveConsent, readInteraction } from "#lib/openid/interaction";
import { forgetSettings, refreshSettings, settingsNow } from "#lib/policy/read";
import { ELSEWHERE } from "#lib/testing/elsewhere";
import { bindFactor, forgetLimits, forgetPolicy, makeAccount, requester, setPolicy } from "#lib/testing/fixtures";
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

/** The use that succeeded may be the thief's, so its tokens end too. */
async function worthNothing(uses: { body: Record<string, unknown> }[]): Promise<void> {
  for (const { access_token, refresh_token } of uses.map(({ body }) => body as { access_token?: string; refresh_token?: string })) {
    if (!access_token || !refresh_token) continue;
    expect((await door.userinfo(access_token)).status).toBe(401);
    expect((await door.call("/openid/introspect", own, { token: access_token })).body).toEqual({ active: false });
    expect((await door.refresh(own, refresh_token)).body.error).toBe("invalid_grant");
  }
}

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
    await worthNothing(used);
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
    const { acting, from } = await signInOn(await makeAccount());
    await sql`UPDATE sessions SET amr = '{fed,sms}' WHERE id = ${acting.sessionId}::uuid`;
    for (const [ago, error] of [
      ["0 hours", null],
      ["2 hours", "login_required"],
    ] as const) {
      await sql`
        UPDATE challenges SET federated_by = 'line', federated_at = app_now() - ${ago}::interval
        WHERE id = (SELECT challenge_id FROM sessions WHERE id = ${acting.sessionId}::uuid)`;
      expect([ago, await silent({ max_age: "600" }, own, from.sessionToken)]).toEqual([ago, error]);
    }
  });

  it("of a session that owes a step, or its word for the terms, is one of nobody (OC-07)", async () => {
    const { acting, from } = await signInOn(await makeAccount());
    const error = async () => errorOf(await door.authorize(requestOf(own, { prompt: "none" }).parameters, from.sessionToken));
    expect(await error()).toBeNull();
    const codes = (disabled: boolean) =>
      sql`UPDATE authenticators SET disabled_at = CASE WHEN ${disabled}::boolean THEN app_now() END WHERE user_id = ${acting.userId}::uuid AND kind = 'recovery_codes'`;
    await codes(true);
    expect(await error()).toBe("login_required");
    await codes(false);
    await setPolicy("service", { ...settingsNow().service, terms: { url: "https://example.jp/terms", version: "2" } });
    const known = async () => {
      forgetSettings();
      await refreshSettings();
    };
    await known();
    expect(await error()).toBe("login_required");
    await forgetPolicy();
    await known();
  });

  it("is finished in its browser alone, and by nobody whose word is missing (OC-02, OC-08)", async () => {
    const service = await addService();
    const { acting, from } = await signInOn(await makeAccount());
    const begin = async () => {
      const { location, cookies } = await door.authorize(requestOf(service).parameters, from.sessionToken);
      return { page: location?.pathname ?? "", cookies: cookies.map((line) => line.split(";")[0] ?? "") };
    };
    const finish = async (page: string, cookies: string[]) => (await door.visit(`${page}/finish`, from.sessionToken, cookies)).location;
    const [one, two] = [await begin(), await begin()];
    expect(one.page).toMatch(/^\/continue\/[\w-]{43}$/);
    expect((await finish(one.page, one.cookies))?.pathname).toBe(one.page);
    for (const cookies of [[], two.cookies]) expect((await finish(one.page, cookies))?.pathname).toBe("/continue/refused");
    const interaction = await readInteraction(one.page.split("/")[2] ?? "");
    if (!interaction) throw new Error("the request was not kept");
    await giveConsent(interaction, acting.userId, requester);
    const on = await finish(one.page, one.cookies);
    expect((await door.visit(on?.pathname ?? "", from.sessionToken, one.cookies)).location?.searchParams.get("code")).not.toBeNull();
  });

  it("too many of which came from an address holds back no browser with a session (OC-02)", async () => {
    const { serviceRequests } = addressPolicies;
    for (let taken = 0; taken < serviceRequests.max + serviceRequests.crowded.max; taken += 1)
      await takeAddress(sql, serviceRequests, "0.0.0.0");
    expect(errorOf(await door.authorize(requestOf(own).parameters))).toBe("too_many");
    expect((await door.authorize(requestOf(own).parameters, session())).location?.searchParams.get("code")).not.toBeNull();
  });
});

describe("The cookie of the provider", () => {
  it("stands for nobody without the session that it was set in, nor beside the session of another person (OC-06)", async () => {
    const other = await signInOn(await makeAccount());
    const { cookies } = await door.authorize(requestOf(own).parameters, session());
    const kept = cookies.map((line) => line.split(";")[0] ?? "");
    expect(kept.length).toBeGreaterThan(0);
    const ask = (token?: string, more = {}) => {
      const request = requestOf(own, more);
      return door.visit(`/openid/authorize?${request.parameters}`, token, kept).then((answer) => ({ ...answer, ...request }));
    };
    expect(errorOf(await ask(undefined, { prompt: "none" }))).toBe("login_required");
    const { location, verifier } = await ask(other.from.sessionToken);
    const { body } = await door.exchange(own, location?.searchParams.get("code") ?? "", verifier);
    expect(decodeJwt(String(body.id_token)).sub).toBe(other.acting.userId);
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

describe("A request on its way", () => {
  it("goes on for the person who ended it on our pages, and not for another or for nobody at the same browser (OC-02)", async () => {
    const [next, { parameters }] = [await signInOn(await makeAccount()), requestOf(own)];
    const begun = await door.authorize(parameters);
    const path = begun.location?.pathname ?? "";
    const cookies = begun.cookies.map((one) => one.split(";")[0] ?? "");
    const finished = await door.visit(`${path}/finish`, session(), cookies);
    const resume = async (token?: string) => (await door.visit(finished.location?.pathname ?? "", token, cookies)).location;
    expect((await resume(next.from.sessionToken))?.pathname).toBe(path);
    expect((await resume())?.pathname).toBe(path);
    expect((await resume(session()))?.searchParams.get("code")).toMatch(/./);
    // A second click gets a code too; another account gets one only after its own pass through our pages.
    expect((await resume(session()))?.searchParams.get("code")).toMatch(/./);
    expect((await resume(next.from.sessionToken))?.pathname).toBe(path);
    await door.visit(`${path}/finish`, next.from.sessionToken, cookies);
    expect((await resume(next.from.sessionToken))?.searchParams.get("code")).toMatch(/./);
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
    await worthNothing(race);
  });

  it("is worth nothing while its session owes a step, also one that it did not owe before (OC-06)", async () => {
    const { tokens } = await enter();
    const owing = (disabled: string) =>
      sql`UPDATE authenticators SET disabled_at = CASE WHEN ${disabled} = 'yes' THEN app_now() END
        WHERE user_id = ${browser.acting.userId}::uuid AND kind = 'recovery_codes'`;
    await owing("yes");
    expect((await door.userinfo(tokens.access_token)).status).toBe(401);
    expect((await door.call("/openid/introspect", own, { token: tokens.access_token })).body).toEqual({ active: false });
    expect((await door.refresh(own, tokens.refresh_token)).body.error).toBe("invalid_grant");
    await owing("no");
    expect((await door.userinfo(tokens.access_token)).status).toBe(200);
  });

  it("has what its scopes say and no more", async () => {
    const few = await door.userinfo((await enter(own, { scope: "openid" })).tokens.access_token);
    expect(Object.keys(few.body).sort()).not.toContain("email");
    const all = await door.userinfo((await enter(own, { scope: "openid email phone groups" })).tokens.access_token);
    expect(all.body).toMatchObject({ email: browser.acting.email, phone_number_verified: true, groups: [] });
    const account = await makeAccount();
    const { from } = await signInOn(account);
    const { access_token } = (await door.enter(own, from.sessionToken, { scope: "openid phone" })).tokens;
    await bindFactor(account.userId, "totp");
    const number = async () => (await door.userinfo(access_token)).body.phone_number;
    expect(await number()).toBe(account.e164);
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${account.phoneId}::uuid`;
    expect(await number()).toBeUndefined();
    await sql`
      WITH waiting AS (UPDATE authenticators SET disabled_at = NULL, verified_at = NULL WHERE id = ${account.phoneId}::uuid)
      UPDATE phones SET slot = NULL WHERE id = ${account.phoneId}::uuid`;
    expect(await number()).toBeUndefined();
  });
});
