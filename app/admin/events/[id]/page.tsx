import { notFound } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { Timeline } from "#components/ui/timeline";
import { type EventDetail, readEvent, seenBy } from "#lib/console/event-log";
import { eventBody } from "#lib/events/deliver";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { secondWords } from "#lib/web/when";
import { consoleGate } from "../../gate";
import { resendEventAction } from "../actions";
import { Outcome } from "../outcome";
import { cameOf, stateTone, typeName } from "../said";

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ done?: string | string[]; refused?: string | string[] }>;
};

/** One event: what is sent, what came of every attempt at each endpoint, and sending it again. */
export default async function EventPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("events.read");
  const event = await readEvent((await params).id);
  if (!event) return notFound();
  const t = await getTranslations("consoleEvents");
  const words = await getMessages();
  const may = mayDo(staff.user.roles, "events.resend") && event.deliveries.some(({ state }) => state !== "pending");
  const gate = may ? await consoleGate(staff, `/admin/events/${event.id}`) : null;
  const name = typeName(event.type, words.consoleEventTypes);
  return (
    <>
      <title>{`${name} – ${site(words.common.brand).name}`}</title>
      <PageHead title={name} back={{ href: "/admin/events", label: t("back") }} />
      <Outcome {...(await searchParams)} />
      <div className="@container">
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 @[52rem]:grid-cols-2">
          <Card id="deliveries" title={t("deliveries")}>
            {event.deliveries.length > 0 ? (
              seenBy(staff.user.roles, event.deliveries).map((delivery) => <Delivery key={delivery.id} delivery={delivery} />)
            ) : (
              <p className="text-ink-2">{t("noDelivery")}</p>
            )}
          </Card>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
            <Card id="facts" title={t("facts")}>
              <Content event={event} />
            </Card>
            {may ? (
              <Card id="resend" title={t("resend")}>
                <p className="mb-4 text-[0.9375rem]">{t("resendLead")}</p>
                {gate ?? (
                  <form action={resendEventAction}>
                    <input type="hidden" name="form" value={sessionForm(staff)} />
                    <input type="hidden" name="event" value={event.id} />
                    <Button name="act" value="resend" kind="secondary" small>
                      {t("resend")}
                    </Button>
                  </form>
                )}
              </Card>
            ) : null}
          </div>
        </div>
      </div>
    </>
  );
}

async function Content({ event }: { event: EventDetail }) {
  const t = await getTranslations("consoleEvents");
  const when = await secondWords();
  const { id, type, subject, at } = event;
  return (
    <Facts
      facts={[
        { label: t("time"), value: <time dateTime={at}>{when(at)}</time> },
        { label: t("type"), value: <code className="font-mono text-sm">{type}</code> },
        {
          label: t("about"),
          value: /^(?:account|case)\./.test(type) ? (
            <a className="font-mono text-sm break-all" href={`/admin/users/${subject}`}>
              {subject}
            </a>
          ) : (
            <span className="font-mono text-sm break-all">{subject}</span>
          ),
        },
        {
          label: t("eventId"),
          value: (
            <>
              <code className="font-mono text-sm break-all">{id}</code>
              <p className="text-sm text-ink-2">{t("eventIdHint")}</p>
            </>
          ),
        },
        {
          label: t("body"),
          value: <code className="font-mono text-sm break-all">{eventBody({ ...event, at: event.timestamp })}</code>,
        },
      ]}
    />
  );
}

async function Delivery({ delivery }: { delivery: EventDetail["deliveries"][number] }) {
  const t = await getTranslations("consoleEvents");
  const words = await getMessages();
  const when = await secondWords();
  const { url, state, paused, behind, nextAt, giveUpAt, attempts } = delivery;
  const taken = (status: number | null) => status !== null && status >= 200 && status <= 299;
  const why = paused ? t("heldByPause") : behind ? t("behind") : attempts.length > 0 ? t("nextTry", { time: when(nextAt) }) : null;
  return (
    <div className="border-t border-line py-3 first-of-type:border-t-0">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <b className="font-mono break-all">{url}</b>
        <Badge tone={stateTone[state]}>{t(state)}</Badge>
      </p>
      {state === "pending" ? (
        <p className="text-sm text-ink-2">{[why, t("untilWhen", { time: when(giveUpAt) })].filter(Boolean).join(" · ")}</p>
      ) : null}
      {attempts.length > 0 ? (
        <Timeline
          label={url}
          when={when}
          moments={attempts.map(({ at, status, failure, milliseconds }, index) => ({
            key: `${at}-${index}`,
            at,
            title: cameOf({ status, failure }, words) ?? t("noAttempt"),
            text: `${t("attempt", { count: index + 1 })} · ${t("took", { milliseconds })}`,
            tone: taken(status) ? ("good" as const) : ("warn" as const),
          }))}
        />
      ) : (
        <p className="mt-2 text-[0.9375rem]">{t("noAttempt")}</p>
      )}
    </div>
  );
}
