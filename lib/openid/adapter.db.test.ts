import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Registration } from "#lib/console/client-rules";
import { addClientByCommand } from "#lib/console/clients";
import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { OpenIdAdapter } from "#lib/openid/adapter";
import { readClient } from "#lib/openid/clients";
import { giveConsent, type Interaction, readInteraction, stepOf } from "#lib/openid/interaction";
import { readLogin } from "#lib/openid/login";
import { readEnded } from "#lib/openid/logout";
import { endAllSessions } from "#lib/sessions/end-session";
import { noteStepUp } from "#lib/sessions/step-up";
import { forgetLimits, makeAccount, must, requester, setClock } from "#lib/testing/fixtures";
import { staffSession } from "#lib/testing/staff";

// What the provider keeps: everything of a session ends with it, once means once, and what a request still needs follows from the session.

beforeEach(forgetLimits);
afterEach(() => setClock(0));

const service = async (more: Partial<Registration> = {}) =>
  must(
    await addClientByCommand(
      {
        name: "お買い物",
        redirectUris: ["https://shop.example.jp/back"],
        postLogoutRedirectUris: [],
        backchannelLogoutUri: "https://shop.example.jp/told",
        firstParty: false,
        pairwise: false,
        profile: "web",
        level: null,
        ...more,
      },
      "cli:test",
    ),
  ).id;

/** A session that signed in to a service, with a refresh token of it. */
async function signedIn() {
  const acting = await staffSession(await makeAccount());
  const clientId = await service();
  const [tokens, token, grantId] = [new OpenIdAdapter("RefreshToken"), randomUUID(), randomUUID()];
  const keep = (id: string) => tokens.upsert(id, { accountId: acting.sessionId, clientId, grantId, jti: id }, SESSION.overall);
  await keep(token);
  const grants = new OpenIdAdapter("Grant");
  await grants.upsert(grantId, { accountId: acting.sessionId, clientId, jti: grantId }, SESSION.overall);
  return { ...acting, clientId, grantId, tokens, token, keep, granted: () => grants.find(grantId) };
}

describe("What a service holds", () => {
  it("is read while its session lives, and is gone with it (OC-06)", async () => {
    const { sessionId, tokens, token } = await signedIn();
    expect(await tokens.find(token)).toMatchObject({ accountId: sessionId });
    await sql`DELETE FROM sessions WHERE id = ${sessionId}::uuid`;
    expect(await tokens.find(token)).toBeUndefined();
    expect(await sql`SELECT 1 FROM openid_items WHERE session_id = ${sessionId}::uuid`).toEqual([]);
  });

  it("is not read while its session is idle, or its account suspended (OC-06)", async () => {
    const { userId, sessionId, tokens, token } = await signedIn();
    const [sessions, uid] = [new OpenIdAdapter("Session"), randomUUID()];
    await sessions.upsert(randomUUID(), { accountId: sessionId, uid }, SESSION.overall);
    const read = async () => [(await tokens.find(token))?.accountId, (await sessions.findByUid(uid))?.accountId];
    expect(await read()).toEqual([sessionId, sessionId]);
    await setClock(SESSION.idle + 1);
    expect(await read()).toEqual([undefined, undefined]);
    await setClock(0);
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${userId}::uuid`;
    expect(await read()).toEqual([undefined, undefined]);
  });

  it("of a grant that is revoked is gone, and what another grant bought stays (OC-05)", async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await one.tokens.revokeByGrantId(one.grantId);
    expect(await one.tokens.find(one.token)).toBeUndefined();
    expect(await other.tokens.find(other.token)).toMatchObject({ accountId: other.sessionId });
  });

  it("is used once of eight times at once, and the second use ends all of its grant (OC-05)", async () => {
    const { tokens, token, keep, granted } = await signedIn();
    const later = randomUUID();
    await keep(later);
    const used = await Promise.allSettled(Array.from({ length: 8 }, () => tokens.consume(token)));
    expect(used.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect([await tokens.find(token), await tokens.find(later)]).toEqual([undefined, undefined]);
    // The first use may store its tokens after this; tokens without a grant are not accepted.
    expect(await granted()).toBeUndefined();
  });

  it("stands in the database under a digest and sealed, and opens for no other model (OC-04)", async () => {
    const { tokens, token, userId } = await signedIn();
    const dump = JSON.stringify(await sql`SELECT * FROM openid_items`);
    expect(dump.includes(token) || dump.includes(userId)).toBe(false);
    expect(await new OpenIdAdapter("AccessToken").find(token)).toBeUndefined();
    expect(await tokens.find(`${token}x`)).toBeUndefined();
  });

  it("queues one word to a service that wants to be told, however the session ends (OC-06)", async () => {
    const { sessionId, userId, clientId } = await signedIn();
    await new OpenIdAdapter("AuthorizationCode").upsert(randomUUID(), { accountId: sessionId, clientId, sid: "s-1" }, 60);
    await endAllSessions(sql, userId);
    const [login] = await sql<{ id: string }>`SELECT id FROM openid_logins WHERE client_id = ${clientId} AND session_id IS NULL`;
    expect(await readEnded(login?.id ?? "")).toMatchObject({ sid: "s-1", sub: userId, uri: "https://shop.example.jp/told" });
    const jobs = await sql`
      SELECT 1 FROM graphile_worker._private_jobs WHERE payload->>'loginId' = ${login?.id ?? ""}`;
    expect(jobs).toHaveLength(1);
    await sql`DELETE FROM graphile_worker._private_jobs WHERE payload->>'loginId' = ${login?.id ?? ""}`;
  });
});

/** A request of a service, begun now. */
async function requestFor(clientId: string, reasons: string[], params: Record<string, string> = {}, name = "login"): Promise<Interaction> {
  const uid = randomUUID();
  const payload = { params: { client_id: clientId, scope: "openid email", ...params }, prompt: { name, reasons } };
  await new OpenIdAdapter("Interaction").upsert(uid, payload as never, 1800);
  const interaction = await readInteraction(uid);
  if (!interaction) throw new Error("the request was not kept");
  return interaction;
}

describe("A request of a service", () => {
  it("needs a sign-in after it where the service asks for one, whatever session is open (OC-07)", async () => {
    const { sessionId, clientId } = await signedIn();
    const login = await readLogin(sessionId);
    expect(await stepOf(await requestFor(clientId, ["no_session"]), null)).toBe("sign_in");
    expect(await stepOf(await requestFor(clientId, ["no_session"]), login)).toBe("finish");
    for (const reason of ["login_prompt", "max_age"]) expect(await stepOf(await requestFor(clientId, [reason]), login)).toBe("sign_in");
  });

  it("needs the level that it names, which a step-up of the last ten minutes reaches (OC-07)", async () => {
    const { sessionId, clientId } = await signedIn();
    const request = await requestFor(clientId, ["acr_values"], { acr_values: "urn:sekisho:acr:passkey" });
    const step = async () => stepOf(request, await readLogin(sessionId));
    expect(await step()).toBe("step_up");
    await noteStepUp(sql, sessionId, "service", ["otp"]);
    expect(await step()).toBe("step_up");
    await noteStepUp(sql, sessionId, "service", ["hwk", "user"]);
    expect(await step()).toBe("finish");
    await setClock(601);
    expect(await step()).toBe("step_up");
  });

  it("of another company needs its person's word for what it asks, once (OC-08)", async () => {
    const { sessionId, userId, clientId } = await signedIn();
    const login = await readLogin(sessionId);
    const consent = (scope: string) => requestFor(clientId, ["op_scopes_missing"], { scope }, "consent");
    expect(await stepOf(await consent("openid email"), login)).toBe("consent");
    await giveConsent(await consent("openid email"), userId, requester);
    expect(await stepOf(await consent("openid email"), login)).toBe("finish");
    expect(await stepOf(await consent("openid email phone"), login)).toBe("consent");
    const own = await requestFor(await service({ firstParty: true }), [], {}, "consent");
    expect(await stepOf(own, login)).toBe("finish");
  });

  it("ends after its half hour, and with its service (OC-02)", async () => {
    const clientId = await service();
    const { uid } = await requestFor(clientId, []);
    await setClock(1801);
    expect(await readInteraction(uid)).toBeNull();
    await setClock(0);
    await sql`DELETE FROM openid_clients WHERE id = ${clientId}`;
    expect([await readInteraction(uid), await readClient(clientId)]).toEqual([null, undefined]);
  });
});
