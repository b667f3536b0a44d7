import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { SelectField } from "#components/ui/select-field";
import { TextField } from "#components/ui/text-field";
import { type AuditFilter, auditFilterOf, auditHref } from "#lib/console/audit-filter";
import { type AuditPage as LogPage, readAudit } from "#lib/console/audit-log";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage, type StaffSession } from "#lib/web/staff";
import { secondWords } from "#lib/web/when";
import { Filters } from "../filters";
import { consoleGate } from "../gate";
import { ActOutcome } from "../outcome";
import { AuditTable, eventName } from "./audit-table";
import { Chain } from "./chain";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleAudit, common } = await getMessages();
  return { title: `${consoleAudit.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The audit log: who did what and when, with the place of each event, and whether the log is what was written. */
export default async function AuditPage({ searchParams }: Props) {
  const staff = await requireStaffPage("audit.read");
  const query = await searchParams;
  const filter = auditFilterOf(query);
  const t = await getTranslations("consoleAudit");
  const page = await readAudit(filter);
  return (
    <>
      <PageHead title={t("title")} lead={t("lead")} />
      <Refusal refused={query.refused} />
      <Chain />
      <div className="mt-6">
        <AuditFilters filter={filter} />
      </div>
      <div className="mt-6">
        {page.lines.length > 0 ? (
          <AuditTable lines={page.lines} filter={filter} />
        ) : (
          <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
        )}
      </div>
      <Pages filter={filter} page={page} />
      <File filter={filter} staff={staff} />
    </>
  );
}

async function AuditFilters({ filter }: { filter: AuditFilter }) {
  const { consoleAudit: words, consoleAuditKinds, events } = await getMessages();
  const { before, ...narrowed } = filter;
  const kinds = Object.entries(consoleAuditKinds).map(([kind, label]) => ({ value: `${kind}.`, label }));
  // One act is chosen by its link in a row.
  const act =
    filter.act && !kinds.some(({ value }) => value === filter.act) ? [{ value: filter.act, label: eventName(filter.act, events) }] : [];
  return (
    <Filters
      action="/admin/audit"
      label={words.filter}
      submit={words.narrow}
      clear={Object.keys(narrowed).length > 0 ? { href: "/admin/audit", label: words.clear } : undefined}
    >
      <TextField name="actor" label={words.actor} hint={words.actorHint} defaultValue={filter.actor} autoComplete="off" maxLength={320} />
      <TextField
        name="target"
        label={words.target}
        hint={words.targetHint}
        defaultValue={filter.target}
        autoComplete="off"
        maxLength={320}
      />
      <SelectField
        name="act"
        label={words.act}
        defaultValue={filter.act ?? ""}
        options={[{ value: "", label: words.any }, ...act, ...kinds]}
      />
      <TextField name="ip" label={words.ip} defaultValue={filter.ip} autoComplete="off" maxLength={45} />
      <TextField name="from" label={words.from} type="date" defaultValue={filter.from} />
      <TextField name="to" label={words.to} type="date" defaultValue={filter.to} />
    </Filters>
  );
}

async function Pages({ filter, page: { older, through } }: { filter: AuditFilter; page: LogPage }) {
  const t = await getTranslations("consoleAudit");
  const when = await secondWords();
  const { before, ...newest } = filter;
  const time = older ? when(older.at) : "";
  if (!older && !before) return null;
  return (
    <Pager
      label={t("pages")}
      newer={before ? { href: auditHref(newest), label: t("newest") } : undefined}
      older={
        older ? { href: auditHref({ ...filter, before: older }), label: through ? t("furtherBack") : t("older", { time }) } : undefined
      }
      {...(through ? { shown: t("through", { time }) } : {})}
    />
  );
}

async function File({ filter, staff }: { filter: AuditFilter; staff: StaffSession }) {
  const t = await getTranslations("consoleAudit");
  const { before, ...all } = filter;
  const may = mayDo(staff.user.roles, "audit.export");
  const gate = may ? await consoleGate(staff, auditHref(all)) : null;
  return (
    <Card id="file" title={t("file")} className="mt-8">
      <p>{t("fileLead")}</p>
      {may ? (
        (gate ?? (
          <Button small href={auditHref(all, "/admin/audit.csv")} download className="mt-4">
            {t("file")}
          </Button>
        ))
      ) : (
        <p className="mt-2">{t("fileWho")}</p>
      )}
    </Card>
  );
}

/** Why nothing was exported. */
async function Refusal({ refused }: { refused: string | string[] | undefined }) {
  const t = await getTranslations("consoleAudit");
  return <ActOutcome said={null} refused={refused} notDone={t("notDone")} className="mb-4" />;
}
