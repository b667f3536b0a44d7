import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { isSocialProvider, type SocialProvider } from "#lib/social/providers";
import { site } from "#lib/web/site";
import { currentSocialRequest, type SocialReason, socialReasons } from "#lib/web/social";

export async function generateMetadata(): Promise<Metadata> {
  const { common } = await getMessages();
  return { title: `${common.signIn} – ${site(common.brand).name}`, robots: { index: false } };
}

type Props = { searchParams: Promise<Record<"reason" | "provider", string | string[] | undefined>> };

const isReason = (text: unknown): text is SocialReason => (socialReasons as readonly unknown[]).includes(text);

/** Leads on to LINE or Google, with a page between the form and another site (CSP form-action), or says why a sign-in there did not go on. */
export default async function SignInWith({ searchParams }: Props) {
  const asked = await searchParams;
  const request = asked.reason === undefined ? await currentSocialRequest() : null;
  return (
    <div className="column">
      <div className="card">
        {request ? (
          <To provider={request.provider} />
        ) : (
          <Why
            reason={isReason(asked.reason) && isSocialProvider(asked.provider) ? asked.reason : "expired"}
            provider={isSocialProvider(asked.provider) ? asked.provider : null}
          />
        )}
      </div>
    </div>
  );
}

async function To({ provider }: { provider: SocialProvider }) {
  const t = await getTranslations("social");
  const to = `/api/auth/signin/${provider}`;
  const named = { provider: t(`${provider}Name`) };
  return (
    <>
      <meta httpEquiv="refresh" content={`0;url=${to}`} />
      <h1>{t("toTitle", named)}</h1>
      <p className="lead">{t("toLead")}</p>
      <Button href={to} className="mt-6">
        {t("to", named)}
      </Button>
    </>
  );
}

async function Why({ reason, provider }: { reason: SocialReason; provider: SocialProvider | null }) {
  const t = await getTranslations("social");
  const named = { provider: provider ? t(`${provider}Name`) : "" };
  return (
    <>
      <h1>{t(`${reason}Title`, named)}</h1>
      <p className="lead">{t(reason, named)}</p>
      <Button href="/sign-in" className="mt-6">
        {t("back")}
      </Button>
    </>
  );
}
