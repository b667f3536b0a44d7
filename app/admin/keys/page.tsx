import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { RotateCard } from "#components/console/rotate-card";
import { SecretForm } from "#components/console/secret-form";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { scopes } from "#lib/keys/scopes";
import { type KeyLine, listKeys, OVERLAP_HOURS } from "#lib/keys/store";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { ActOutcome } from "../outcome";
import { Removal } from "../removal";
import { addKeyAction, removeKeyAction, rotateKeyAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleKeys } = await getMessages();
  return { description: consoleKeys.lead };
}

type Props = { searchParams: Promise<{ done?: string | string[]; refused?: string | string[] }> };

/** The keys of other systems: what each may do, when it was used last, and the forms that make, change and remove them. */
export default async function KeysPage({ searchParams }: Props) {
  const staff = await requireStaffPage("keys.read");
  const t = await getTranslations("consoleKeys");
  const { common } = await getMessages();
  const may = mayDo(staff.user.roles, "keys.add");
  const gate = may ? await consoleGate(staff, "/admin/keys") : null;
  const form = may && !gate ? sessionForm(staff) : null;
  const keys = await listKeys();
  return (
    <>
      {form ? null : <title>{`${t("title")} – ${site(common.brand).name}`}</title>}
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome {...(await searchParams)} />
      {keys.length > 0 ? <Keys keys={keys} form={form} /> : <Empty title={t("none")}>{t("noneText")}</Empty>}
      {may ? gate : <p className="mt-6 text-ink-2">{t("administratorsOnly")}</p>}
      {form ? <Forms keys={keys} form={form} /> : null}
    </>
  );
}

async function Keys({ keys, form }: { keys: KeyLine[]; form: string | null }) {
  const t = await getTranslations("consoleKeys");
  const when = await whenWords();
  const time = (at: Date) => <time dateTime={at.toISOString()}>{when(at.toISOString())}</time>;
  return (
    <RecordTable
      caption={t("title")}
      rows={keys}
      keyOf={({ name }) => name}
      columns={[
        { key: "name", head: t("name"), cell: ({ name }) => <bdi className="break-all">{name}</bdi> },
        {
          key: "scope",
          head: t("scope"),
          cell: ({ scopes: held }) => held.map((one) => (one === "verify" ? t("scope_verify") : one)).join(", "),
        },
        { key: "countries", head: t("countries"), cell: ({ countries }) => countries?.join(", ") ?? t("everyCountry") },
        {
          key: "perDay",
          head: t("perDay"),
          cell: ({ sendsPerDay }) => (sendsPerDay === null ? t("unlimited") : t("perDayOf", { count: sendsPerDay })),
        },
        { key: "made", head: t("made"), cell: ({ createdAt }) => time(createdAt) },
        {
          key: "used",
          head: t("lastUsed"),
          cell: ({ lastUsedAt, oldUntil }) => (
            <>
              {lastUsedAt ? time(lastUsedAt) : t("neverUsed")}
              {oldUntil ? <p className="text-sm text-ink-2">{t("oldUntil", { time: when(oldUntil.toISOString()) })}</p> : null}
            </>
          ),
        },
        ...(form
          ? [
              {
                key: "acts",
                head: t("acts"),
                cell: ({ name }: KeyLine) => (
                  <Removal
                    action={removeKeyAction}
                    form={form}
                    field={{ name: "name", value: name }}
                    label={t("remove")}
                    named={t("removeOf", { name })}
                    what={t("removeWhat", { name })}
                  />
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

async function Forms({ keys, form }: { keys: KeyLine[]; form: string }) {
  const t = await getTranslations("consoleKeys");
  const words = await getMessages();
  const { consoleKeys: own } = words;
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const shared = { title: own.title, copy, form, words: own };
  return (
    <div className="@container mt-8">
      <div className="grid items-start gap-5 @[52rem]:grid-cols-2">
        <Card id="add" title={own.add}>
          <p className="text-[0.9375rem]">{own.addLead}</p>
          <SecretForm
            {...shared}
            action={addKeyAction}
            act="add"
            submit={own.addSubmit}
            labels={{ name: own.name, scope: own.scope, countries: own.countries, perDay: own.perDay }}
          >
            <Field name="name" label={own.name} hint={own.nameHint} autoComplete="off" spellCheck={false} maxLength={64} required />
            <Select name="scope" label={own.scope} options={scopes.map((value) => ({ value, label: t(`scope_${value}`) }))} />
            <Field name="countries" label={own.countries} hint={own.countriesHint} autoComplete="off" maxLength={400} />
            <Field name="perDay" label={own.perDay} hint={own.perDayHint} inputMode="numeric" autoComplete="off" maxLength={9} />
          </SecretForm>
        </Card>
        {keys.length > 0 ? (
          <RotateCard
            {...shared}
            action={rotateKeyAction}
            field="name"
            options={keys.map(({ name }) => ({ value: name, label: name }))}
            hours={OVERLAP_HOURS.usual}
          />
        ) : null}
      </div>
    </div>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Awaited<Props["searchParams"]>) {
  const t = await getTranslations("consoleKeys");
  return <ActOutcome said={done === "remove" ? t("doneRemove") : null} refused={refused} notDone={t("notDone")} className="mb-6" />;
}
