import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { z } from "zod";
import { Badge } from "#components/ui/badge";
import { type AccountRoom, readAccountRoom } from "#lib/console/account";
import { accountActs } from "#lib/console/account-acts";
import { placeOf, type TimelineFilter, timelineFilters } from "#lib/console/timeline";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";
import { ActOutcome } from "../../outcome";
import { Acts } from "./acts";
import { Facts } from "./facts";
import { Screen } from "./screen";
import { Timeline } from "./timeline";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleFrame, common } = await getMessages();
  return { title: `${consoleFrame.users} – ${site(common.brand).name}` };
}

type Query = Record<"show" | "before" | "done" | "refused", string | string[] | undefined>;
type Props = { params: Promise<{ id: string }>; searchParams: Promise<Query> };

/** One account: everything that happened in one column, and beside it what its person sees now, its ways in, and what staff can do. */
export default async function UserPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("users.read");
  const id = z.uuid().safeParse((await params).id);
  const room = id.success ? await readAccountRoom(id.data) : null;
  if (!room) return notFound();
  const { show, before, done, refused } = await searchParams;
  const filter: TimelineFilter = timelineFilters.find((one) => one === show) ?? "all";
  return (
    <div className="@container">
      <Head room={room} />
      <Outcome done={done} refused={refused} />
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-8 @[56rem]:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid content-start gap-8 @[56rem]:order-2">
          <Screen room={room} />
          <Facts room={room} />
          <Acts room={room} staff={staff} />
        </div>
        <Timeline id={room.id} filter={filter} before={placeOf(typeof before === "string" ? before : undefined)} />
      </div>
    </div>
  );
}

async function Head({ room }: { room: AccountRoom }) {
  const t = await getTranslations("consoleUser");
  const when = await whenWords();
  const open = room.cases.find((one) => one.open);
  const { suspendedAt, closed, deleteAt, lockedUntil, restriction, passwordForced } = room;
  return (
    <header>
      <p className="flex flex-wrap items-center gap-x-2 text-sm">
        <a className="inline-flex min-h-11 items-center" href="/admin/users">
          {t("crumb")}
        </a>
        <span aria-hidden="true">›</span>
        <span className="break-all tabular-nums">{room.id}</span>
      </p>
      <h1 className="text-[1.75rem]">
        <bdi>{room.email}</bdi>
      </h1>
      <p className="mt-1 flex flex-wrap items-center gap-2">
        {closed ? (
          <Badge tone="warn">{t("closed")}</Badge>
        ) : suspendedAt ? (
          <Badge tone="danger">{t("suspended", { time: when(suspendedAt) })}</Badge>
        ) : (
          <Badge tone="good">{t("active")}</Badge>
        )}
        {restriction ? (
          <Badge tone="warn">{restriction.until ? t("restricted", { time: when(restriction.until) }) : t("restrictedOpen")}</Badge>
        ) : null}
        {lockedUntil ? <Badge tone="warn">{t("locked", { time: when(lockedUntil) })}</Badge> : null}
        {passwordForced ? <Badge tone="warn">{t("forced")}</Badge> : null}
        {deleteAt ? <Badge tone="warn">{t("deleting", { time: when(deleteAt) })}</Badge> : null}
        {open ? <a href={`/admin/cases/${open.reference}`}>{t("caseOpen", { reference: open.reference })}</a> : null}
      </p>
    </header>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Pick<Query, "done" | "refused">) {
  const t = await getTranslations("consoleActs");
  const act = accountActs.find((one) => one === done);
  const own = { invalid_input: t("badReason") };
  return <ActOutcome said={act ? t(`done_${act}`) : null} refused={refused} notDone={t("refused")} own={own} className="mt-4" />;
}
