import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { Card } from "#components/ui/card";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { DeliveryStations } from "#components/verify/delivery-line";
import { type MessageRoom, readMessage } from "#lib/console/message";
import { isRowId } from "#lib/console/message-filter";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { capital } from "#lib/words/capital";
import { ActOutcome } from "../../outcome";
import { deliveryOf } from "../log-table";
import { addresseeOf, carrierName, whyOf } from "../why";
import { Again } from "./again";
import { Story } from "./story";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleMessages, common } = await getMessages();
  return { title: `${consoleMessages.title} – ${site(common.brand).name}` };
}

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<"done" | "refused" | "message", string | string[] | undefined>>;
};

/** One message: how far it came, what each provider said, what it cost, whose it is, and sending it again. */
export default async function MessagePage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("messages.read");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const message = await readMessage((await params).id, locale);
  if (!message) return notFound();
  const words = await getMessages();
  const t = await getTranslations("consoleMessage");
  const { consoleMessages: log } = words;
  const why = whyOf(message, words);
  return (
    <>
      <PageHead
        title={t("title", { purpose: capital(message.purpose ?? log.trial), channel: log[message.channel] })}
        lead={<bdi>{addresseeOf(message, log)}</bdi>}
        back={{ href: "/admin/messages", label: t("crumb") }}
      />
      <Outcome {...(await searchParams)} />
      <div className="max-w-[34rem]">
        <DeliveryStations delivery={deliveryOf(message)} words={words.delivery} />
        {why ? <p className="mt-2 text-center text-ink-2">{why}</p> : null}
      </div>
      <div className="@container mt-6">
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 @[52rem]:grid-cols-[minmax(0,1fr)_22rem]">
          <Card id="story" title={t("story")}>
            <Story message={message} />
          </Card>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
            <Card id="facts" title={t("facts")}>
              <MessageFacts message={message} />
            </Card>
            <Card id="again" title={t("again")}>
              <Again message={message} staff={staff} />
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}

async function MessageFacts({ message }: { message: MessageRoom }) {
  const t = await getTranslations("consoleMessage");
  const { consoleMessages: log, consoleCarriers } = await getMessages();
  const format = await getFormatter();
  const { account, providers, carrier, country, seconds, reference } = message;
  const facts = [
    { label: t("whose"), value: account ? <a href={`/admin/users/${account.id}`}>{account.email}</a> : t("noAccount") },
    { label: log.provider, value: providers.join(" → ") || log.none },
    { label: log.carrier, value: carrier ? carrierName(carrier, consoleCarriers) : log.none },
    { label: log.country, value: country ?? log.none },
    {
      label: t("took"),
      value: seconds === null ? log.none : t("tookSeconds", { seconds: format.number(seconds, { maximumFractionDigits: 1 }) }),
    },
    { label: t("cost"), value: await costOf(message) },
    ...(reference ? [{ label: t("reference"), value: reference }] : []),
  ];
  return <Facts facts={facts} />;
}

async function costOf({ yen, segments }: MessageRoom): Promise<string> {
  const t = await getTranslations("consoleMessage");
  const { consoleMessages: log } = await getMessages();
  const format = await getFormatter();
  if (yen === null) return t("noCost");
  if (yen === "unpriced") return log.unpriced;
  const written = format.number(yen, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return segments === null ? t("costPlain", { yen: written }) : t("costOf", { yen: written, segments });
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused, message }: Awaited<Props["searchParams"]>) {
  const t = await getTranslations("consoleMessage");
  const said = (
    <>
      <p>{t("done")}</p>
      {typeof message === "string" && isRowId(message) ? (
        <a className="inline-flex min-h-11 items-center" href={`/admin/messages/${message}`}>
          {t("toNew")}
        </a>
      ) : null}
    </>
  );
  const own = { invalid_input: t("badReason"), other_state: t("over") };
  return <ActOutcome said={done === "resend" ? said : null} refused={refused} notDone={t("notDone")} own={own} className="mb-4" />;
}
