import { record } from "#lib/audit/record";
import { transaction } from "#lib/db/sql";
import { noteAgreed, readItem } from "#lib/openid/adapter";
import { type Client, readClient } from "#lib/openid/clients";
import { grantedScopes, type Login, provenAt } from "#lib/openid/login";
import type { Requester } from "#lib/requester";
import { type Level, leastOf, levelOf, reaches, strongerOf } from "#lib/sessions/levels";
import { CLOCK_SKEW } from "#lib/social/identity";

/** One authorisation request on its way through our pages. It lives on the server; the browser has its name in a cookie. */
export type Interaction = {
  uid: string;
  client: Client;
  /** The scopes asked for, without `openid`. */
  scopes: string[];
  least: Level | null;
  /** Whether the person has to sign in again, also where a session is open. */
  again: boolean;
  consents: boolean;
  /** The address that the browser goes on to. */
  to: string;
  /** Whether its person has to agree to this very request, because another app could have begun it (RFC 8252 8.6). */
  asks: boolean;
  beganAt: Date;
};

type Params = { client_id?: string; redirect_uri?: string; scope?: string; acr_values?: string };
type Payload = { params?: Params; prompt?: { name?: string; reasons?: string[] } };

/** Reasons that an open session does not answer. */
const AGAIN = ["login_prompt", "max_age", "first_factor_age", "id_token_hint", "claims_id_token_sub_value"];

/** Reads the request of a browser by its name, or null where it ended. */
export async function readInteraction(uid: string): Promise<Interaction | null> {
  const item = await readItem("Interaction", uid);
  const { params = {}, prompt = {} } = (item ?? {}) as Payload;
  const client = params.client_id ? await readClient(params.client_id) : undefined;
  if (!item || !client) return null;
  return {
    uid,
    client,
    scopes: (params.scope ?? "").split(" ").filter((scope) => scope !== "" && scope !== "openid"),
    least: strongerOf(client.level, leastOf(params.acr_values)),
    again: prompt.name === "login" && (prompt.reasons ?? []).some((reason) => AGAIN.includes(reason)),
    consents: prompt.name === "consent",
    to: params.redirect_uri ?? client.redirectUris[0] ?? "",
    asks: (prompt.reasons ?? []).includes("native_client_prompt") && item.agreedAt === null,
    beganAt: item.createdAt,
  };
}

/** What a request still needs from the person. */
export type Step = "sign_in" | "step_up" | "consent" | "finish";

/** Whether both factors were proven since a moment; the clock of another provider may be off a little. */
function provenSince(login: Login, since: Date): boolean {
  const at = provenAt(login);
  const skew = login.amr.includes("fed") ? CLOCK_SKEW * 1000 : 0;
  return at !== null && login.authenticatedAt >= since && at.getTime() >= since.getTime() - skew;
}

/** The next step of a request, decided from the session as it is now. */
export async function stepOf(interaction: Interaction, login: Login | null): Promise<Step> {
  if (!login || (interaction.again && !provenSince(login, interaction.beganAt))) return "sign_in";
  if (interaction.least && !reaches(levelOf(login.amr), interaction.least)) return "step_up";
  const granted = await grantedScopes(interaction.client, login.userId);
  const missing = granted !== "all" && !["openid", ...interaction.scopes].every((scope) => granted.includes(scope));
  return interaction.consents && (missing || interaction.asks) ? "consent" : "finish";
}

/** Notes that a person agreed to a request, with the scopes that a third-party service gets; later requests for the same scopes need no page. */
export async function giveConsent(interaction: Interaction, userId: string, requester: Requester): Promise<void> {
  const { uid, client, scopes } = interaction;
  await transaction(async (tx) => {
    await noteAgreed(tx, uid);
    if (client.firstParty) return;
    await tx`
      INSERT INTO openid_consents (user_id, client_id, scopes) VALUES (${userId}::uuid, ${client.id}, ${["openid", ...scopes]}::text[])
      ON CONFLICT (user_id, client_id) DO UPDATE SET given_at = app_now(),
        scopes = ARRAY(SELECT DISTINCT unnest(openid_consents.scopes || excluded.scopes))`;
    const { ip, userAgent } = requester;
    await record(tx, { event: "client.consented", userId, method: client.id, ip, userAgent });
  });
}
