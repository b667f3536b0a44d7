import type { Metadata } from "next";
import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { SelectField } from "#components/ui/select-field";
import { TextField } from "#components/ui/text-field";
import { type MessageFilter, messageFilterOf, messageStates, messagesHref } from "#lib/console/message-filter";
import { estimateMessages, type LogPage, messageChoices, readMessages } from "#lib/console/messages";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { secondWords } from "#lib/web/when";
import { Filters } from "../filters";
import { LogTable } from "./log-table";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleMessages, common } = await getMessages();
  return { title: `${consoleMessages.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The log of messages: what was sent, how far it came and why, and what it cost. */
export default async function MessagesPage({ searchParams }: Props) {
  await requireStaffPage("messages.read");
  const filter = messageFilterOf(await searchParams);
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const t = await getTranslations("consoleMessages");
  const page = await readMessages(filter, locale);
  const { before, ...narrowed } = filter;
  const narrow = Object.keys(narrowed).length > 0;
  const nothing = narrow || before !== undefined;
  return (
    <>
      <PageHead title={t("title")} lead={t("lead")} />
      <MessageFilters filter={filter} locale={locale} clear={narrow} />
      {page.lines.length > 0 ? (
        <LogTable lines={page.lines} />
      ) : (
        <div className="mt-6">
          <Empty title={t(nothing ? "nothingTitle" : "emptyTitle")}>{t(nothing ? "nothingText" : "emptyText")}</Empty>
        </div>
      )}
      <Pages filter={filter} page={page} estimate={narrow ? null : await estimateMessages()} />
    </>
  );
}

async function MessageFilters({ filter, locale, clear }: { filter: MessageFilter; locale: "ja" | "en"; clear: boolean }) {
  const { consoleMessages: words, consoleCarriers } = await getMessages();
  const { providers, countries, purposes } = await messageChoices(locale);
  const any = { value: "", label: words.any };
  const plain = (values: readonly string[]) => [any, ...values.map((value) => ({ value, label: value }))];
  return (
    <Filters
      action="/admin/messages"
      label={words.filter}
      submit={words.narrow}
      clear={clear ? { href: "/admin/messages", label: words.clear } : undefined}
    >
      <SelectField
        name="state"
        label={words.state}
        defaultValue={filter.state ?? ""}
        options={[any, ...messageStates.map((value) => ({ value, label: words[value] }))]}
      />
      <SelectField name="provider" label={words.provider} defaultValue={filter.provider ?? ""} options={plain(providers)} />
      <SelectField
        name="carrier"
        label={words.carrier}
        defaultValue={filter.carrier ?? ""}
        options={[any, ...Object.entries(consoleCarriers).map(([value, label]) => ({ value, label }))]}
      />
      <SelectField name="country" label={words.country} defaultValue={filter.country ?? ""} options={plain(countries)} />
      <SelectField name="purpose" label={words.purpose} defaultValue={filter.purpose ?? ""} options={[any, ...purposes]} />
      <TextField name="from" label={words.from} type="date" defaultValue={filter.from} />
      <TextField name="to" label={words.to} type="date" defaultValue={filter.to} />
      <TextField name="q" label={words.q} defaultValue={filter.q} autoComplete="off" maxLength={64} />
    </Filters>
  );
}

async function Pages({ filter, page, estimate }: { filter: MessageFilter; page: LogPage; estimate: number | null }) {
  const t = await getTranslations("consoleMessages");
  const format = await getFormatter();
  const when = await secondWords();
  const { older, through } = page;
  const { before, ...newest } = filter;
  const time = older ? when(older.at) : "";
  const shown = through
    ? t("through", { time })
    : estimate
      ? t("estimate", { count: format.number(Math.round(estimate), { maximumSignificantDigits: 3 }) })
      : "";
  if (!older && !before && !shown) return null;
  return (
    <Pager
      label={t("pages")}
      newer={before ? { href: messagesHref(newest), label: t("newest") } : undefined}
      older={
        older ? { href: messagesHref({ ...filter, before: older }), label: through ? t("furtherBack") : t("older", { time }) } : undefined
      }
      {...(shown ? { shown } : {})}
    />
  );
}
