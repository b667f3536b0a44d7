import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { MakePasskey } from "#components/passkey/make";
import { SignUpStep } from "#components/sign-up/step";
import { Callout } from "#components/ui/callout";
import { pageOfCodes } from "#lib/web/after-verified";
import { signingUp } from "#lib/web/signing-up";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { noTexts, common } = await getMessages();
  return { title: `${noTexts.passkeyTitle} – ${site(common.brand).name}` };
}

export default async function SignUpPasskey() {
  const page = await signingUp();
  const { factors, passkeyFailures } = await getMessages();
  const t = await getTranslations("noTexts");
  return (
    <SignUpStep page={page} kind="passkey" title={t("passkeyTitle")} lead={t("passkeyLead")}>
      <p>{factors.passkeyWhere}</p>
      <p className="hint mt-2">{factors.passkeyShared}</p>
      <noscript>
        <Callout tone="warn" className="mt-4">
          {t("noScript")}
        </Callout>
      </noscript>
      <p className="mt-4">{factors.passkeyHow}</p>
      <MakePasskey done={pageOfCodes(page.challenge.returnTo)} words={factors} failures={passkeyFailures} />
    </SignUpStep>
  );
}
