import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { AddClientForm, RotateClientForm } from "#components/console/client-forms";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { type Client, listClients } from "#lib/console/clients";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { addClientAction, removeClientAction, rotateClientAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleClients } = await getMessages();
  return { description: consoleClients.lead };
}

type Props = { searchParams: Promise<{ done?: string | string[]; refused?: string | string[] }> };

/** The services that sign their people in here. */
export default async function ClientsPage({ searchParams }: Props) {
  const staff = await requireStaffPage("clients.read");
  const words = await getMessages();
  const t = await getTranslations("consoleClients");
  const name = site(words.common.brand).name;
  const gate = await consoleGate(staff, "/admin/clients");
  const form = gate ? null : sessionForm(staff);
  const { done, refused } = await searchParams;
  const clients = await listClients();
  return (
    <>
      {gate ? null : <title>{`${t("title")} – ${name}`}</title>}
      <PageHead title={t("title")} lead={t("lead")} />
      {done === undefined ? null : (
        <Callout tone="good" role="status" className="mb-6">
          {t("removed")}
        </Callout>
      )}
      {refused === undefined ? null : (
        <Callout tone="warn" role="alert" className="mb-6">
          {t("notDone")} {refused === "not_found" ? t("gone") : null}
        </Callout>
      )}
      {gate}
      <div className="grid gap-5">
        {clients.length === 0 ? <Empty title={t("none")}>{t("addLead")}</Empty> : null}
        {clients.map((client) => (
          <One key={client.id} client={client} form={form} />
        ))}
        {form ? (
          <Card id="add" title={t("add")}>
            <p className="text-[0.9375rem]">{t("addLead")}</p>
            <AddClientForm
              action={addClientAction}
              copy={formCopy(words, await getLocale(), name)}
              form={form}
              words={words.consoleClients}
            />
          </Card>
        ) : null}
      </div>
    </>
  );
}

const lines = (urls: readonly string[]) =>
  urls.map((url) => (
    <span key={url} className="block break-all">
      {url}
    </span>
  ));

async function One({ client, form }: { client: Client; form: string | null }) {
  const t = await getTranslations("consoleClients");
  const words = await getMessages();
  const when = await whenWords();
  const { id, lastUsedAt } = client;
  return (
    <Card id={`client-${id}`} title={client.name} className="break-words">
      <Facts
        facts={[
          { label: t("clientId"), value: <code className="break-all">{id}</code> },
          { label: t("kind"), value: t(client.firstParty ? "own" : "other") },
          { label: t("redirect"), value: lines(client.redirectUris) },
          ...(client.postLogoutRedirectUris.length > 0 ? [{ label: t("logoutReturn"), value: lines(client.postLogoutRedirectUris) }] : []),
          ...(client.backchannelLogoutUri ? [{ label: t("backchannel"), value: lines([client.backchannelLogoutUri]) }] : []),
          { label: t("used"), value: lastUsedAt ? when(lastUsedAt.toISOString()) : t("never") },
        ]}
      />
      {form ? (
        <>
          <details className="min-w-0">
            <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">{t("rotate")}</summary>
            <RotateClientForm
              action={rotateClientAction}
              copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
              form={form}
              words={words.consoleClients}
              client={{ id, name: client.name }}
            />
          </details>
          <details className="min-w-0">
            <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">{t("remove")}</summary>
            <form action={removeClientAction} className="pb-3">
              <input type="hidden" name="form" value={form} />
              <input type="hidden" name="client" value={id} />
              <p className="text-sm">{t("removeWhat", { name: client.name })}</p>
              <Button name="act" value="remove" kind="danger" small className="mt-3">
                {t("remove")}
              </Button>
            </form>
          </details>
        </>
      ) : null}
    </Card>
  );
}
