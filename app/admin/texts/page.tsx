import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { purposeOf, readTexts, type TextLine, textLocales } from "#lib/console/texts";
import { codeWords } from "#lib/purposes/messages";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { capital } from "#lib/words/capital";
import { SentText } from "./sent-text";

/** The texts of codes by language and purpose as they are sent now, with their segments. */
export default async function TextsPage() {
  const staff = await requireStaffPage("texts.read");
  const t = await getTranslations("consoleTexts");
  const { common } = await getMessages();
  const lines = await readTexts();
  return (
    <div className="@container max-w-[44rem]">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} />
      {mayDo(staff.user.roles, "texts.change") ? null : <p className="mb-4 text-ink-2">{t("onlyAdministrators")}</p>}
      {textLocales.map((locale) => (
        <section key={locale} aria-labelledby={`texts-${locale}`} className="mb-10">
          <h2 id={`texts-${locale}`} className="text-lg">
            {t(`in_${locale}`)}
          </h2>
          <Rows>
            {lines
              .filter((line) => line.locale === locale)
              .map((line) => (
                <Line key={line.template} line={line} />
              ))}
          </Rows>
        </section>
      ))}
      <p className="hint">{t("rest")}</p>
    </div>
  );
}

async function Line({ line }: { line: TextLine }) {
  const { template, locale, own, segments, units, of, originBound } = line;
  const t = await getTranslations("consoleTexts");
  return (
    <Row
      title={
        <a className="inline-flex min-h-11 items-center" href={`/admin/texts/${purposeOf(template)}/${locale}`}>
          {capital(codeWords[template][(await getLocale()) === "en" ? "en" : "ja"])}
        </a>
      }
      badges={
        <>
          <Badge tone={segments === 1 ? "good" : "warn"}>{t("segments", { count: segments })}</Badge>
          {own ? <Badge>{t("own")}</Badge> : null}
        </>
      }
      meta={[t("units", { units, of }), t(originBound ? "bound" : "unbound")]}
    >
      <SentText line={line} />
    </Row>
  );
}
