import { notFound } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { ShownOnce } from "#components/console/shown-once";
import { ActionForm } from "#components/form/action-form";
import { TextArea } from "#components/form/text-area";
import { Disclosure } from "#components/ui/disclosure";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { REASON } from "#lib/console/reason";
import { purposeOf, readTexts, type TextLine, textNamed } from "#lib/console/texts";
import { codeMail } from "#lib/delivery/wording/mails";
import { serviceOf } from "#lib/delivery/wording/service";
import { shippedBody, type TextVersion, textVersions } from "#lib/delivery/wording/templates";
import { PLACES } from "#lib/delivery/wording/texts";
import { voiceText } from "#lib/delivery/wording/voice";
import { codeWords } from "#lib/purposes/messages";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { capital } from "#lib/words/capital";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../../gate";
import { ActOutcome } from "../../../outcome";
import { wordTextAction } from "../../actions";
import { SentText } from "../../sent-text";

type Query = Record<"done" | "refused" | "version", string | string[] | undefined>;
type Props = { params: Promise<{ purpose: string; locale: string }>; searchParams: Promise<Query> };

/** One text in one language: as it is sent now, the form that words it anew, and what it was before. */
export default async function TextPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("texts.read");
  const { purpose, locale } = await params;
  const named = textNamed(purpose, locale);
  if (!named) return notFound();
  const line = (await readTexts()).find((one) => one.template === named.template && one.locale === named.locale);
  if (!line) return notFound();
  const t = await getTranslations("consoleTexts");
  const { common } = await getMessages();
  const { done, refused, version } = await searchParams;
  const versions = await textVersions(line.template, line.locale);
  const may = mayDo(staff.user.roles, "texts.change");
  const gate = may ? await consoleGate(staff, `/admin/texts/${purpose}/${locale}`) : null;
  const form = may && !gate ? sessionForm(staff) : null;
  const title = t("one", {
    purpose: capital(codeWords[line.template][(await getLocale()) === "en" ? "en" : "ja"]),
    language: t(`in_${line.locale}`),
  });
  return (
    <div className="@container max-w-[44rem]">
      {form ? null : <title>{`${title} – ${site(common.brand).name}`}</title>}
      <PageHead title={title} back={{ href: "/admin/texts", label: t("back") }} />
      <Outcome done={done} refused={refused} />
      <SentText line={line} />
      <Facts
        facts={[
          { label: t("length"), value: t("counted", { units: line.units, of: line.of, count: line.segments }) },
          { label: t("fill"), value: t(line.originBound ? "bound" : "unbound") },
          { label: t("whose"), value: t(line.own ? "own" : "shipped") },
        ]}
      />
      {may ? null : <p className="mt-4 text-ink-2">{t("onlyAdministrators")}</p>}
      {gate ? <div className="mt-6">{gate}</div> : null}
      {form ? <Change line={line} form={form} title={title} from={bodyFrom(version, line, versions)} /> : null}
      <Versions line={line} versions={versions} may={form !== null} />
      <Besides line={line} />
    </div>
  );
}

async function Outcome({ done, refused }: Pick<Query, "done" | "refused">) {
  const t = await getTranslations("consoleTexts");
  return <ActOutcome said={done === "change" ? t("done") : null} refused={refused} otherwise={t("kept")} className="mb-4" />;
}

/** The body of the version that an address names: one of the history, or `product`. */
function bodyFrom(version: Query["version"], { locale }: TextLine, versions: TextVersion[]): string | null {
  if (version === "product") return shippedBody(locale);
  const found = versions.find(({ id }) => id === version);
  return found ? (found.body ?? shippedBody(locale)) : null;
}

type FormProps = { line: TextLine; form: string; title: string; from: string | null };

/** The form begins with an earlier wording where one was chosen below. */
async function Change({ line, form, title, from }: FormProps) {
  const t = await getTranslations("consoleTexts");
  const words = await getMessages();
  return (
    <section aria-labelledby="change" className="mt-10">
      <h2 id="change" className="text-lg">
        {t("change")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("changeLead")}</p>
      <dl className="mt-3 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {PLACES.map((place) => (
          <div key={place} className="contents">
            <dt>
              <code className="font-mono">{`{${place}}`}</code>
            </dt>
            <dd className="text-ink-2">{t(`place_${place}`)}</dd>
          </div>
        ))}
      </dl>
      <ActionForm
        action={wordTextAction}
        title={title}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={{ body: t("body"), reason: t("reason") }}
        submit={t("save")}
        act="change"
        form={form}
      >
        <input type="hidden" name="purpose" value={purposeOf(line.template)} />
        <input type="hidden" name="locale" value={line.locale} />
        <TextArea
          name="body"
          label={t("body")}
          hint={t(from === null ? "bodyHint" : "bodyOld")}
          maxLength={300}
          rows={4}
          defaultValue={from ?? line.body}
          required
        />
        <button type="submit" name="act" value="preview" className="button quiet mt-4">
          {t("preview")}
        </button>
        <ShownOnce name="seen" />
        <TextArea name="reason" label={t("reason")} hint={t("reasonHint")} maxLength={REASON.most} />
      </ActionForm>
    </section>
  );
}

async function Versions({ line, versions, may }: { line: TextLine; versions: TextVersion[]; may: boolean }) {
  const t = await getTranslations("consoleTexts");
  const when = await whenWords();
  const here = `/admin/texts/${purposeOf(line.template)}/${line.locale}`;
  const use = {
    key: "use",
    head: t("use"),
    cell: ({ id, at }: TextVersion) => (
      <a className="inline-flex min-h-11 items-center" href={`${here}?version=${id}#change`} aria-label={t("useOf", { time: when(at) })}>
        {t("use")}
      </a>
    ),
  };
  return (
    <section aria-labelledby="versions" className="mt-10">
      <h2 id="versions" className="text-lg">
        {t("versions")}
      </h2>
      {may && line.own ? (
        <p>
          <a className="inline-flex min-h-11 items-center" href={`${here}?version=product#change`}>
            {t("useProduct")}
          </a>
        </p>
      ) : null}
      {versions.length === 0 ? (
        <p className="hint">{t("versionsNone")}</p>
      ) : (
        <RecordTable<TextVersion>
          caption={t("versions")}
          rows={versions}
          keyOf={({ id }) => id}
          columns={[
            { key: "time", head: t("time"), cell: ({ at }) => <time dateTime={at}>{when(at)}</time> },
            {
              key: "body",
              head: t("body"),
              cell: ({ body }) => (
                <span lang={line.locale} className="wrap-anywhere whitespace-pre-line">
                  {body ?? t("shipped")}
                </span>
              ),
            },
            { key: "who", head: t("who"), cell: ({ by }) => by },
            ...(may ? [use] : []),
          ]}
        />
      )}
    </section>
  );
}

/** The call and the mail of the same code, which follow the product's wording. */
async function Besides({ line: { template, locale } }: { line: TextLine }) {
  const t = await getTranslations("consoleTexts");
  const [words, service] = [codeWords[template], serviceOf(locale)];
  const mail = codeMail(words, locale, "012345", service);
  return (
    <section aria-labelledby="besides" className="mt-10">
      <h2 id="besides" className="text-lg">
        {t("besides")}
      </h2>
      <p className="hint">{t("besidesLead")}</p>
      <Disclosure summary={t("call")} listed>
        <p lang={locale} className="wrap-anywhere whitespace-pre-line">
          {voiceText(words, locale, "012345", service)}
        </p>
      </Disclosure>
      <Disclosure summary={t("mail")} listed>
        <p lang={locale} className="font-bold">
          {mail.subject}
        </p>
        <p lang={locale} className="mt-2 wrap-anywhere whitespace-pre-line">
          {mail.text}
        </p>
      </Disclosure>
    </section>
  );
}
