import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { readClient } from "#lib/openid/clients";
import { returnOf } from "#lib/openid/logout-return";
import { currentSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { signOutForServiceAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { common, openId } = await getMessages();
  return { title: `${openId.signOut} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Asks a person whom a service wants to sign out, and after that leads back to the service. */
export default async function SignOutForService({ searchParams }: Props) {
  const given = await searchParams;
  const one = (name: string) => (typeof given[name] === "string" ? given[name] : null);
  const [id, to, state] = [one("client"), one("post_logout_redirect_uri"), one("state")];
  const client = id === null ? undefined : await readClient(id);
  const t = await getTranslations("openId");
  const session = await currentSession();
  const back = returnOf(client, to, state);
  if (!session)
    return (
      <div className="column">
        <div className="card">
          {back ? <meta httpEquiv="refresh" content={`0;url=${back}`} /> : null}
          <h1>{t("signedOutTitle")}</h1>
          <p className="lead">{t("signedOutLead")}</p>
          <Button href={back ?? "/"} className="mt-6">
            {back && client ? t("back", { client: client.name }) : t("home")}
          </Button>
        </div>
      </div>
    );
  const query = Object.entries({ client: id, post_logout_redirect_uri: to, state }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  );
  return (
    <div className="column">
      <div className="card">
        <h1>{t("signOutTitle")}</h1>
        {client ? <p className="lead break-words">{t("signOutAsked", { client: client.name })}</p> : null}
        <p>{t("signOutWhat")}</p>
        <form action={signOutForServiceAction} name="service-sign-out">
          <input type="hidden" name="form" value={sessionForm(session)} />
          <input type="hidden" name="query" value={new URLSearchParams(query).toString()} />
          <Button className="mt-6">{t("signOut")}</Button>
        </form>
        <p className="mt-4">
          <a href="/account">{t("signOutStay")}</a>
        </p>
      </div>
    </div>
  );
}
