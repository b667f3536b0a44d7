import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { deviceName } from "#components/account/device";
import { recentActivity } from "#lib/audit/activity";
import { approversOf } from "#lib/console/approvers";
import { type CaseDetail, readCaseDetail } from "#lib/console/case-detail";
import { readCaseFacts } from "#lib/console/case-facts";
import { caseNotices } from "#lib/console/case-notices";
import { caseActs } from "#lib/console/cases";
import { parseReference } from "#lib/crypto/codes";
import { currentSettings } from "#lib/policy/read";
import { mayDo } from "#lib/staff/matrix";
import { readAlone } from "#lib/staff/people";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";
import { spanWords } from "#lib/words/span";
import { ActOutcome } from "../../outcome";
import { stateBadge } from "../state-badge";
import { Acts } from "./acts";
import { Decision } from "./decision";
import { Flags } from "./flags";
import { Notices } from "./notices";
import { CaseRoad } from "./road";
import { Steps } from "./steps";
import { Beside } from "./timeline";

type Props = {
  params: Promise<{ reference: string }>;
  searchParams: Promise<{ done?: string | string[]; refused?: string | string[] }>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { consoleCases, common } = await getMessages();
  return { title: `${parseReference((await params).reference) ?? ""} ${consoleCases.title} – ${site(common.brand).name}` };
}

/** One lost-phone case: where it stands, who decides and why, what the decision rests on, and the account's timeline beside it. */
export default async function CasePage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("cases.read");
  const reference = parseReference((await params).reference);
  const found = reference ? await readCaseDetail(reference) : null;
  if (!found) redirect("/admin/cases?unknown");
  // One statement after the other: a page that asks for many connections at once takes them from everybody.
  const approvers = await approversOf(found);
  const alone = await readAlone();
  const facts = await readCaseFacts(found);
  const notices = await caseNotices(found);
  const activity = await recentActivity(found.userId, 40);
  const { lostPhoneWait } = await currentSettings();
  const asked = await searchParams;
  return (
    <div className="@container">
      <Head found={found} />
      <Outcome {...asked} />
      <CaseRoad found={found} />
      <div className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-8 @[62rem]:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-8">
          <Decision found={found} approvers={approvers} alone={alone} you={staff.user.id} />
          <Acts found={found} approvers={approvers} staff={staff} />
          <Flags found={found} facts={facts} alone={alone} wait={lostPhoneWait} mayApprove={mayDo(staff.user.roles, "cases.approve")} />
          <Notices found={found} notices={notices} />
          <Steps found={found} />
        </div>
        <Beside userId={found.userId} now={found.now} activity={activity} />
      </div>
    </div>
  );
}

async function Head({ found }: { found: CaseDetail }) {
  const t = await getTranslations("consoleCase");
  const words = await getMessages();
  const when = await whenWords();
  const { requestedAt, endedAt, now, provenAt, state } = found;
  const waited = spanWords(Date.parse(now) - Date.parse(requestedAt), words.consoleCases);
  return (
    <header>
      <p className="flex flex-wrap items-center gap-x-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/cases">
          {t("crumb")}
        </a>
        <span aria-hidden="true">›</span>
        <span className="tabular-nums">{found.reference}</span>
      </p>
      <h1 className="text-[1.75rem]">{t("title", { person: found.person })}</h1>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
        {stateBadge({ state, proven: provenAt !== null }, words.consoleCaseStates)}
        <span>
          {provenAt === null
            ? t("startedLine", { time: when(requestedAt) })
            : t("from", {
                reason: words.consoleCaseReasons[found.reason],
                time: when(requestedAt),
                browser: deviceName(found.userAgent, words.account),
              })}
        </span>
        <span>{endedAt ? t("took", { time: when(endedAt), state: words.consoleCaseStates[state] }) : t("waited", { time: waited })}</span>
      </p>
    </header>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Awaited<Props["searchParams"]>) {
  const t = await getTranslations("consoleCase");
  const act = caseActs.find((one) => one === done);
  const own = { invalid_input: t("badReason") };
  return <ActOutcome said={act ? t(`done_${act}`) : null} refused={refused} notDone={t("notDone")} own={own} className="mt-4" />;
}
