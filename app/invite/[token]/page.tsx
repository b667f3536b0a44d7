import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Steps } from "#components/ui/steps";
import { type Invite, invitePath, readInvite } from "#lib/staff/invites";
import { currentSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { maskEmail } from "#lib/words/mask-email";
import { acceptInviteAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { staffInvite, common } = await getMessages();
  return { title: `${staffInvite.title} – ${site(common.brand).name}` };
}

type Props = { params: Promise<{ token: string }>; searchParams: Promise<{ accepted?: string | string[] }> };

/** An invitation to be staff: opening the page changes nothing, and the button of the invited account accepts it. */
export default async function InvitePage({ params, searchParams }: Props) {
  const { token } = await params;
  const invite = await readInvite(token);
  const t = await getTranslations("staffInvite");
  const { accepted } = await searchParams;
  if (invite?.state === "open") return <Open invite={invite} token={token} />;
  if (invite?.state === "used" && accepted !== undefined)
    return (
      <Said title={t("accepted")} text={t("acceptedText")}>
        <Button href="/sign-in?returnTo=/admin">{t("again")}</Button>
      </Said>
    );
  const [title, text] = !invite
    ? [t("unknown"), t("unknownText")]
    : invite.state === "used"
      ? [t("used"), t("usedText")]
      : [t("over"), t("overText")];
  return <Said title={title} text={text} />;
}

const Said = ({ title, text, children }: { title: string; text: string; children?: ReactNode }) => (
  <div className="column">
    <div className="card">
      <h1>{title}</h1>
      <p className="lead">{text}</p>
      {children ? <div className="mt-6">{children}</div> : null}
    </div>
  </div>
);

async function Open({ invite, token }: { invite: Invite; token: string }) {
  const { email, role, expiresAt } = invite;
  const session = await currentSession();
  const { common } = await getMessages();
  const t = await getTranslations("staffInvite");
  const when = await whenWords();
  const to = email === null ? null : maskEmail(email);
  return (
    <div className="column">
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead">{t("lead", { service: site(common.brand).name, role: t(role) })}</p>
        <p className="mt-3">{to === null ? t("forAnyone") : t("for", { email: to })}</p>
        <p className="hint">{t("until", { time: when(expiresAt) })}</p>
        <h2 className="mt-6">{t("steps")}</h2>
        <Steps level={3} steps={(["step1", "step2", "step3"] as const).map((key) => ({ key, title: t(key) }))} />
        <div className="mt-6">
          {session === null ? (
            <Visitor token={token} />
          ) : email !== null && session.user.email !== email ? (
            <Callout tone="warn" role="alert">
              <p>{t("wrong", { email: to ?? "", own: session.user.email })}</p>
              <p>{t("wrongDo")}</p>
            </Callout>
          ) : (
            <form action={acceptInviteAction} name="accept-invite">
              <input type="hidden" name="form" value={sessionForm(session)} />
              <input type="hidden" name="token" value={token} />
              <p className="mb-3">{t("signedIn", { email: session.user.email })}</p>
              <Button name="act" value="accept">
                {t("accept")}
              </Button>
            </form>
          )}
        </div>
      </div>
    </div>
  );
}

async function Visitor({ token }: { token: string }) {
  const t = await getTranslations("staffInvite");
  const back = `?returnTo=${encodeURIComponent(invitePath(token))}`;
  return (
    <div className="flex flex-wrap gap-3">
      <Button href={`/sign-in${back}`}>{t("signIn")}</Button>
      <Button href={`/sign-up${back}`} kind="secondary">
        {t("signUp")}
      </Button>
    </div>
  );
}
