import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { UnaskedPasskey } from "#components/passkey/unasked";
import { Button } from "#components/ui/button";
import { mayMakeUnasked } from "#lib/accounts/unasked-passkey";
import { parseReturnTo } from "#lib/web/return-to";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { actingOf } from "#lib/web/step-up";

export async function generateMetadata(): Promise<Metadata> {
  const { passkeyOffer, common } = await getMessages();
  return { title: `${passkeyOffer.signedIn} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ returnTo?: string | string[] }> };

/** Shown after a sign-in by text while the browser creates a passkey by itself; without JavaScript it only links to the destination. */
export default async function UnaskedPasskeyPage({ searchParams }: Props) {
  const returnTo = parseReturnTo((await searchParams).returnTo) ?? "/account";
  const session = await requireSession({ returnTo });
  if (!(await mayMakeUnasked(actingOf(session)))) redirect(returnTo);
  const t = await getTranslations("passkeyOffer");
  return (
    <div className="column">
      <div className="card">
        <h1>{t("signedIn")}</h1>
        <p className="lead mb-6">{t("leads")}</p>
        <Button href={returnTo}>{t("go")}</Button>
        <UnaskedPasskey returnTo={returnTo} />
      </div>
    </div>
  );
}
