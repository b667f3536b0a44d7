import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ChangeClientForm, RotateClientForm } from "#components/console/client-forms";
import { Card } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { type Client, editionOf, readClient, SECRET_OVERLAP_HOURS } from "#lib/console/clients";
import { wordOfLevel } from "#lib/sessions/levels";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../gate";
import { Removal } from "../../removal";
import { changeClientAction, removeClientAction, rotateClientAction } from "../actions";
import { Known } from "../known";
import { Outcome } from "../outcome";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleClients } = await getMessages();
  return { description: consoleClients.lead };
}

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>>;
};

/** One service: what it is registered with, and the forms that change it, make another secret and remove it. */
export default async function ClientPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("clients.read");
  const client = await readClient((await params).id);
  if (!client) return notFound();
  const t = await getTranslations("consoleClients");
  const { common } = await getMessages();
  const gate = await consoleGate(staff, `/admin/clients/${client.id}`);
  return (
    <div className="max-w-[52rem]">
      {gate ? <title>{`${client.name} – ${site(common.brand).name}`}</title> : null}
      <PageHead title={client.name} back={{ href: "/admin/clients", label: t("back") }} />
      <Outcome {...(await searchParams)} />
      <Known client={client} />
      <div className="mt-6">{gate ?? <Acts client={client} form={sessionForm(staff)} />}</div>
    </div>
  );
}

async function Acts({ client, form }: { client: Client; form: string }) {
  const { id, name, profile, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, firstParty, level } = client;
  const t = await getTranslations("consoleClients");
  const words = await getMessages();
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const shared = { copy, form, words: words.consoleClients, client: { id, name } };
  const now = {
    ...{ name, backchannelLogoutUri: backchannelLogoutUri ?? "", level: wordOfLevel(level) },
    ...{ redirectUris: redirectUris.join("\n"), postLogoutRedirectUris: postLogoutRedirectUris.join("\n") },
    kind: firstParty ? ("own" as const) : ("other" as const),
  };
  return (
    <div className="grid gap-5">
      <Card id="change" title={t("change")}>
        <p className="text-[0.9375rem]">{t("changeLead")}</p>
        <ChangeClientForm {...shared} action={changeClientAction} edition={editionOf(client)} now={now} app={profile === "native"} />
      </Card>
      {profile === "web" ? (
        <Card id="rotate" title={t("rotate")}>
          <p className="text-[0.9375rem]">{t("rotateWhat")}</p>
          <RotateClientForm {...shared} action={rotateClientAction} overlap={SECRET_OVERLAP_HOURS.usual} />
        </Card>
      ) : null}
      <Removal
        action={removeClientAction}
        form={form}
        field={{ name: "client", value: id }}
        label={t("remove")}
        named={t("removeOf", { name })}
        what={t("removeWhat", { name })}
      />
    </div>
  );
}
