import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { AddClientForm } from "#components/console/client-forms";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { listClients } from "#lib/console/clients";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { addClientAction } from "./actions";
import { Known } from "./known";
import { Outcome } from "./outcome";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleClients } = await getMessages();
  return { description: consoleClients.lead };
}

type Props = { searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>> };

/** The services that sign their people in here. */
export default async function ClientsPage({ searchParams }: Props) {
  const staff = await requireStaffPage("clients.read");
  const words = await getMessages();
  const t = await getTranslations("consoleClients");
  const name = site(words.common.brand).name;
  const gate = await consoleGate(staff, "/admin/clients");
  const form = gate ? null : sessionForm(staff);
  const clients = await listClients();
  return (
    <>
      {gate ? <title>{`${t("title")} – ${name}`}</title> : null}
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome {...(await searchParams)} />
      {gate}
      <div className="grid gap-5">
        {clients.length === 0 ? <Empty title={t("none")}>{t("addLead")}</Empty> : null}
        {clients.map((client) => (
          <Card
            key={client.id}
            id={`client-${client.id}`}
            title={client.name}
            more={{ href: `/admin/clients/${client.id}`, label: t("open") }}
            className="break-words"
          >
            <Known client={client} />
          </Card>
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
