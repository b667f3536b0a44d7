import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { common, openId } = await getMessages();
  return { title: `${openId.refusedTitle} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ error?: string | string[] }> };

/** Says why a sign-in to another service cannot go on. */
export default async function Refused({ searchParams }: Props) {
  const { error } = await searchParams;
  const t = await getTranslations("openId");
  const code = typeof error === "string" && /^[a-z_]{1,64}$/.test(error) ? error : null;
  const expired = code === null || code === "expired" || code === "session_not_found";
  return (
    <div className="column">
      <div className="card">
        <h1>{t("refusedTitle")}</h1>
        <p className="lead">{t(code === "too_many" ? "refusedBusy" : expired ? "refusedExpired" : "refusedWrong")}</p>
        {expired || code === "too_many" ? null : (
          <p>
            {t("refusedCode")}: <code>{code}</code>
          </p>
        )}
        <p className="mt-6">
          <a href="/">{t("home")}</a>
        </p>
      </div>
    </div>
  );
}
