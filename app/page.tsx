import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Scene } from "#components/landing/scene";
import { PhoneLink } from "#components/phone-link";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { landing, common } = await getMessages();
  return { title: `${site(common.brand).name} – ${landing.title}`, description: landing.description };
}

export default async function Landing() {
  const t = await getTranslations("landing");
  const { delivery, common } = await getMessages();
  const { demo } = site(common.brand);
  return (
    <div className="landing">
      <div>
        <h1>{t("headline")}</h1>
        <p className="say">{t("lead")}</p>
        <div className="go">
          <a className="button" href="/sign-up">
            {t("try")}
          </a>
          <a className="button quiet" href="/sign-in">
            {t("signIn")}
          </a>
        </div>
        {demo ? (
          <p className="hint mt-4">
            <PhoneLink>{t("phone")}</PhoneLink>
            <br />
            {t("phoneHint")}
          </p>
        ) : null}
      </div>
      <Scene stations={delivery} pass={t("pass")} />
      <ul className="points">
        {(["see", "ways", "half"] as const).map((point) => (
          <li key={point}>
            <h2>{t(`${point}Title`)}</h2>
            <p>{t(point)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
