import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Scene } from "#components/landing/scene";
import { PhoneLink } from "#components/phone-link";
import { signUpOpen } from "#lib/web/sign-up-open";
import { site } from "#lib/web/site";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

export async function generateMetadata(): Promise<Metadata> {
  const { landing, common } = await getMessages();
  const { demo, name } = site(common.brand);
  if (!demo) return { title: fill(landing.entrance, { service: name }) };
  return { title: `${name} – ${landing.title}`, description: landing.description };
}

export default async function Home() {
  const { landing, delivery, common } = await getMessages();
  const { demo, name } = site(common.brand);
  const open = await signUpOpen();
  if (demo) return <Landing delivery={delivery} closed={open ? null : common.signUpClosed} />;
  return <Entrance title={fill(landing.entrance, { service: name })} common={common} open={open} />;
}

/** The start page in production, for the operator's customers: the ways in, without a description of the product. */
const Entrance = ({ title, common, open }: { title: string; common: Words["common"]; open: boolean }) => (
  <div className="column">
    <div className="card">
      <h1>{title}</h1>
      <a className="button mt-6" href="/sign-in">
        {common.signIn}
      </a>
      {open ? (
        <a className="button quiet mt-3" href="/sign-up">
          {common.signUp}
        </a>
      ) : (
        <p className="hint mt-4">{common.signUpClosed}</p>
      )}
    </div>
  </div>
);

/** The start page in demo mode, which describes the product; `closed` says that sign-up is closed. */
async function Landing({ delivery, closed }: { delivery: Words["delivery"]; closed: string | null }) {
  const t = await getTranslations("landing");
  return (
    <div className="landing">
      <div>
        <h1>{t("headline")}</h1>
        <p className="say">{t("lead")}</p>
        <div className="go">
          {closed ? null : (
            <a className="button" href="/sign-up">
              {t("try")}
            </a>
          )}
          <a className={closed ? "button" : "button quiet"} href="/sign-in">
            {t("signIn")}
          </a>
        </div>
        {closed ? <p className="hint mt-4">{closed}</p> : null}
        <p className="hint mt-4">
          <PhoneLink>{t("phone")}</PhoneLink>
          <br />
          {t("phoneHint")}
        </p>
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
