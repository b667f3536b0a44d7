import type { IncomingMessage, ServerResponse } from "node:http";
import { errors } from "oidc-provider";
import { attributes } from "#lib/http/bearer";
import { readItem } from "#lib/openid/adapter";
import { readInteraction, stepOf } from "#lib/openid/interaction";
import { openIdPaths, resumeCookie } from "#lib/openid/names";
import { loginOf, openIdProvider, providerLogin } from "#lib/openid/provider";

const lead = (res: ServerResponse, to: string): void => {
  res.statusCode = 303;
  res.setHeader("Location", to);
  res.end();
};

/** Gives a browser the cookie of its request again, which the first of two clicks has used up. */
function resumable(res: ServerResponse, uid: string): void {
  const secure = attributes().secure ? "; Secure" : "";
  res.appendHeader("Set-Cookie", `${resumeCookie()}=${uid}; Path=${openIdPaths.authorization}/${uid}; HttpOnly${secure}; SameSite=Lax`);
}

/**
 * Ends the part of an authorisation request that happens on our pages and leads on to the provider: a GET that follows a page and no form, because
 * `form-action` of the page with the form would stop a redirect to the service. The session decides again whether anything is missing.
 */
export async function finishInteraction(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const provider = await openIdProvider();
  const url = new URL(req.url ?? "", "http://door.invalid");
  const uid = url.pathname.split("/")[2] ?? "";
  try {
    const details = await provider.interactionDetails(req, res);
    const interaction = details.uid === uid ? await readInteraction(uid) : null;
    if (!interaction) return lead(res, "/continue/refused?error=expired");
    resumable(res, uid);
    const login = await loginOf(req);
    const step = await stepOf(interaction, login);
    if (url.searchParams.has("cancel")) {
      const error = step === "step_up" ? "unmet_authentication_requirements" : "access_denied";
      return await provider.interactionFinished(
        req,
        res,
        { error, error_description: "the person went back" },
        { mergeWithLastSubmission: false },
      );
    }
    if (step !== "finish" || !login) return lead(res, `/continue/${uid}`);
    await provider.interactionFinished(req, res, { login: providerLogin(login), ...(interaction.consents ? { consent: {} } : {}) });
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return lead(res, "/continue/refused?error=expired");
    throw error;
  }
}

/**
 * Takes a request up again for the session that ended its part on our pages, and for no other: within the minutes in which it can be taken up once
 * more, the browser may be signed in to another account, or be signed out.
 */
export async function resumeRequest(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const uid = new URL(req.url ?? "", "http://door.invalid").pathname.split("/").at(-1) ?? "";
  const { result } = ((await readItem("Interaction", uid)) ?? {}) as { result?: { login?: { accountId?: string } } };
  const finishedBy = result?.login?.accountId;
  if (finishedBy !== undefined && finishedBy !== (await loginOf(req))?.sessionId) return lead(res, `/continue/${uid}`);
  await (await openIdProvider()).callback()(req, res);
}
