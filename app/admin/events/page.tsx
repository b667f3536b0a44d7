import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Badge } from "#components/ui/badge";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { SelectField } from "#components/ui/select-field";
import { TextField } from "#components/ui/text-field";
import { eventTypes, TEST_EVENT } from "#lib/audit/told";
import {
  type DeliveryLine,
  deliveryStates,
  type EventFilter,
  eventFilterOf,
  eventsHref,
  listDeliveries,
  seenBy,
} from "#lib/console/event-log";
import { listEndpoints } from "#lib/events/endpoints";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { secondWords } from "#lib/web/when";
import { Filters } from "../filters";
import { consoleGate } from "../gate";
import { EndpointForms, Endpoints } from "./endpoints";
import { Outcome } from "./outcome";
import { cameOf, stateTone, typeName } from "./said";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleEvents } = await getMessages();
  return { description: consoleEvents.lead };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What other systems are told: the endpoints with their acts, and the events sent to them. */
export default async function EventsPage({ searchParams }: Props) {
  const staff = await requireStaffPage("events.read");
  const t = await getTranslations("consoleEvents");
  const { common } = await getMessages();
  const query = await searchParams;
  const filter = eventFilterOf(query);
  const may = mayDo(staff.user.roles, "events.add");
  const gate = may ? await consoleGate(staff, "/admin/events") : null;
  const form = may && !gate ? sessionForm(staff) : null;
  const [all, page] = await Promise.all([listEndpoints(), listDeliveries(filter)]);
  const endpoints = seenBy(staff.user.roles, all);
  const { before, ...narrowed } = filter;
  const narrow = Object.keys(narrowed).length > 0;
  return (
    <>
      {form ? null : <title>{`${t("title")} – ${site(common.brand).name}`}</title>}
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome done={query.done} refused={query.refused} />
      <Endpoints endpoints={endpoints} form={form} />
      {may ? gate : <p className="mt-4 text-ink-2">{t("administratorsOnly")}</p>}
      {form ? <EndpointForms endpoints={endpoints} form={form} /> : null}
      <section aria-labelledby="log" className="mt-10">
        <h2 id="log" className="text-lg">
          {t("log")}
        </h2>
        <EventFilters filter={filter} endpoints={endpoints} clear={narrow} />
        {page.lines.length > 0 ? (
          <Log lines={seenBy(staff.user.roles, page.lines)} />
        ) : (
          <div className="mt-6">
            <Empty title={t(narrow || before ? "nothingTitle" : "emptyTitle")}>{t(narrow || before ? "nothingText" : "emptyText")}</Empty>
          </div>
        )}
        {before || page.before ? (
          <Pager
            label={t("pages")}
            newer={before ? { href: eventsHref(narrowed), label: t("newest") } : undefined}
            older={page.before ? { href: eventsHref({ ...narrowed, before: page.before }), label: t("older") } : undefined}
          />
        ) : null}
      </section>
    </>
  );
}

async function EventFilters({
  filter,
  endpoints,
  clear,
}: {
  filter: EventFilter;
  endpoints: { id: string; url: string }[];
  clear: boolean;
}) {
  const { consoleEvents: words, consoleEventTypes: names } = await getMessages();
  const any = { value: "", label: words.any };
  return (
    <Filters
      action="/admin/events"
      label={words.filter}
      submit={words.narrow}
      clear={clear ? { href: "/admin/events", label: words.clear } : undefined}
    >
      <SelectField
        name="state"
        label={words.state}
        defaultValue={filter.state ?? ""}
        options={[any, ...deliveryStates.map((value) => ({ value, label: words[value] }))]}
      />
      <SelectField
        name="type"
        label={words.type}
        defaultValue={filter.type ?? ""}
        options={[any, ...[...eventTypes, TEST_EVENT].map((value) => ({ value, label: typeName(value, names) }))]}
      />
      <SelectField
        name="endpoint"
        id="filter-endpoint"
        label={words.which}
        defaultValue={filter.endpoint ?? ""}
        options={[any, ...endpoints.map(({ id, url }) => ({ value: id, label: url }))]}
      />
      <TextField name="id" label={words.id} hint={words.idHint} defaultValue={filter.id} autoComplete="off" maxLength={36} />
    </Filters>
  );
}

async function Log({ lines }: { lines: DeliveryLine[] }) {
  const words = await getMessages();
  const t = await getTranslations("consoleEvents");
  const when = await secondWords();
  return (
    <div className="mt-6">
      <RecordTable
        caption={t("log")}
        rows={lines}
        keyOf={({ id }) => id}
        columns={[
          {
            key: "time",
            head: t("time"),
            cell: ({ eventId, at }) => (
              <a href={`/admin/events/${eventId}`}>
                <time dateTime={at}>{when(at)}</time>
              </a>
            ),
          },
          { key: "type", head: t("type"), cell: ({ type }) => typeName(type, words.consoleEventTypes) },
          { key: "about", head: t("about"), cell: (line) => <About {...line} /> },
          { key: "which", head: t("which"), cell: ({ url }) => <bdi className="break-all">{url}</bdi> },
          {
            key: "result",
            head: t("result"),
            cell: (line) => (
              <>
                <Badge tone={stateTone[line.state]}>{t(line.state)}</Badge>
                <p className="text-sm text-ink-2">
                  {[cameOf(line, words), line.nextAt && line.attempts > 0 ? t("nextTry", { time: when(line.nextAt) }) : null]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </>
            ),
          },
          { key: "tries", head: t("tries"), figures: true, cell: ({ attempts }) => attempts },
        ]}
      />
    </div>
  );
}

/** The id that an event is about; an account leads to its page. */
function About({ type, subject }: Pick<DeliveryLine, "type" | "subject">) {
  const short = <span className="font-mono text-sm whitespace-nowrap">{subject.slice(0, 8)}…</span>;
  return /^(?:account|case)\./.test(type) ? <a href={`/admin/users/${subject}`}>{short}</a> : short;
}
