import { getMessages, getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import { type Fact, readFacts } from "#lib/console/setup";
import { currentSettings } from "#lib/policy/read";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";

/** The fourth step: the facts that go-live asks for, each with why and how, and the way to the switch. */
export default async function GoLivePage() {
  await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const { common } = await getMessages();
  const facts = await readFacts();
  const { publicSignUp } = await currentSettings();
  const left = facts.filter(({ holds }) => holds !== true).length;
  return (
    <div className="max-w-[44rem]">
      <title>{`${t("go-live")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("go-live")} lead={t("goLiveText")} back={{ href: "/admin/setup", label: t("back") }} />
      <section aria-labelledby="facts">
        <h2 id="facts" className="text-lg">
          {t("facts")}
        </h2>
        <ul className="border-t-2 border-ink">
          {facts.map((fact) => (
            <Line key={fact.name} fact={fact} />
          ))}
        </ul>
      </section>
      <Callout id="publish" title={t("publish")} tone={left === 0 ? "good" : "info"} className="mt-8">
        <p>{left === 0 ? t("publishReady") : t("publishLeft", { count: left })}</p>
        <p>{t(publicSignUp ? "publishOpen" : "publishClosed")}</p>
        <p className="flex flex-wrap gap-x-6">
          <a className="inline-flex min-h-11 items-center" href="/admin/policy?setting=publicSignUp">
            {t("toSwitch")}
          </a>
          <a className="inline-flex min-h-11 items-center" href="/admin/health">
            {t("toHealth")}
          </a>
        </p>
      </Callout>
    </div>
  );
}

async function Line({ fact: { name, holds, found } }: { fact: Fact }) {
  const t = await getTranslations("consoleSetup");
  return (
    <li className="border-b border-line py-3" data-fact={name} data-holds={String(holds)}>
      <p className="flex flex-wrap items-center gap-x-2 font-bold">
        {t(name)}
        <Badge tone={holds === true ? "good" : holds === false ? "warn" : "neutral"}>
          {t(holds === true ? "factHolds" : holds === false ? "factOpen" : "factUnknown")}
        </Badge>
      </p>
      {found ? <p className="hint break-all">{t("found", { found })}</p> : null}
      <details open={holds === false}>
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">
          {t("why")} <span className="sr-only">{t(name)}</span>
        </summary>
        <p className="pb-1 text-[0.9375rem]">{t(`${name}Why`)}</p>
      </details>
    </li>
  );
}
