import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { placeOf } from "#lib/console/client-rules";
import { type Interaction, stepOf } from "#lib/openid/interaction";
import { wayTo } from "#lib/openid/ways";
import { loginOfSession, shownInteraction } from "#lib/web/openid";
import { currentSession, requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { beginLevelAction, consentAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { common } = await getMessages();
  return { title: `${common.signIn} – ${site(common.brand).name}` };
}

type Props = { params: Promise<{ uid: string }> };

/** The way of a person from a service through sign-in, step-up and consent, and back to the service. */
export default async function Continue({ params }: Props) {
  const { uid } = await params;
  const interaction = await shownInteraction(uid);
  if (!interaction) redirect("/continue/refused?error=expired");
  const here = `/continue/${uid}`;
  const login = await loginOfSession(await currentSession());
  const step = await stepOf(interaction, login);
  if (!login || step === "sign_in") redirect(`/sign-in?returnTo=${encodeURIComponent(here)}`);
  const form = sessionForm(await requireSession({ returnTo: here }));
  return (
    <div className="column">
      <div className="card">
        {step === "step_up" ? <StepUp interaction={interaction} userId={login.userId} form={form} /> : null}
        {step === "consent" ? <Consent interaction={interaction} form={form} /> : null}
        {step === "finish" ? <Back interaction={interaction} /> : null}
        {step === "finish" ? null : <Cancel interaction={interaction} />}
      </div>
    </div>
  );
}

type Part = { interaction: Interaction };

async function Cancel({ interaction: { uid, client } }: Part) {
  const t = await getTranslations("openId");
  return (
    <p className="mt-4">
      <a href={`/continue/${uid}/finish?cancel`} className="break-words">
        {t("cancel", { client: client.name })}
      </a>
    </p>
  );
}

/** Leads on by itself, with a page between the form and the service: `form-action` would stop a redirect. */
async function Back({ interaction: { uid, client } }: Part) {
  const t = await getTranslations("openId");
  const to = `/continue/${uid}/finish`;
  return (
    <>
      <meta httpEquiv="refresh" content={`0;url=${to}`} />
      <h1 className="break-words">{t("backTitle", { client: client.name })}</h1>
      <p className="lead">{t("backLead")}</p>
      <Button href={to} className="mt-6">
        {t("back", { client: client.name })}
      </Button>
    </>
  );
}

async function Consent({ interaction, form }: Part & { form: string }) {
  const { uid, client, scopes, to } = interaction;
  const t = await getTranslations("openId");
  const named = { client: client.name };
  const known = ["email", "phone", "groups"] as const;
  // An app of the operator gets the details anyway; its person says that it was them.
  const shares = !client.firstParty;
  return (
    <>
      <h1 className="break-words">{t(shares ? "consentTitle" : "appTitle", named)}</h1>
      <p className="lead break-words">{t(shares ? "consentLead" : "appLead", named)}</p>
      {shares ? (
        <ul className="mt-4 list-disc pl-5">
          <li>{t("account")}</li>
          {known
            .filter((scope) => scopes.includes(scope))
            .map((scope) => (
              <li key={scope}>{t(scope)}</li>
            ))}
        </ul>
      ) : null}
      <p className="hint mt-4 break-all">{t(shares ? "consentTo" : "appTo", { host: placeOf(to) })}</p>
      {client.profile === "native" ? null : <p className="hint mt-2">{t("consentLater")}</p>}
      <form action={consentAction} name="consent">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="uid" value={uid} />
        <Button className="mt-6">{t(shares ? "agree" : "appAgree")}</Button>
      </form>
    </>
  );
}

async function StepUp({ interaction: { uid, client, least }, userId, form }: Part & { userId: string; form: string }) {
  const t = await getTranslations("openId");
  const named = { client: client.name };
  const way = least ? await wayTo(userId, least) : null;
  const why = least?.endsWith(":passkey") ? "stepUpPasskey" : least?.endsWith(":app") ? "stepUpApp" : "stepUpSms";
  return (
    <>
      <h1 className="break-words">{t("stepUpTitle", named)}</h1>
      <p className="lead break-words">{t(why, named)}</p>
      {way ? (
        <form action={beginLevelAction} name="level">
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="uid" value={uid} />
          <Button className="mt-6">{t("stepUpBegin")}</Button>
        </form>
      ) : (
        <>
          <p>{t("stepUpNone", named)}</p>
          <Button href="/account/factors" className="mt-6">
            {t("stepUpAdd")}
          </Button>
        </>
      )}
    </>
  );
}
