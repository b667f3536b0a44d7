import { getFormatter, getMessages, getTranslations } from "next-intl/server";
import { Fresh } from "#components/console/fresh";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { type MemberImport, readImport } from "#lib/console/import-members";
import { site } from "#lib/web/site";
import { requireStaffPage, type StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../gate";
import { ActOutcome } from "../outcome";
import { ReasonForm, StageForm } from "./forms";
import { Report } from "./report";

type Query = Record<"done" | "refused", string | string[] | undefined>;
type Props = { searchParams: Promise<Query> };

const tones = { staged: "info", running: "info", done: "good", cancelled: "warn", expired: "warn" } as const;
const texts = {
  staged: "stagedText",
  running: "runningText",
  done: "doneText",
  cancelled: "cancelledText",
  expired: "cancelledText",
} as const;

/** Members of another system: a file is examined, imported, and what became of it is told. */
export default async function MembersPage({ searchParams }: Props) {
  const staff = await requireStaffPage("members.read");
  const { done, refused } = await searchParams;
  const t = await getTranslations("consoleMembers");
  const { common } = await getMessages();
  const current = await readImport();
  const open = current !== null && current.endedAt === null;
  const gate = await consoleGate(staff, "/admin/members");
  return (
    <div className="@container max-w-[44rem]">
      {gate ? <title>{`${t("title")} – ${site(common.brand).name}`}</title> : null}
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome done={done} refused={refused} />
      {gate}
      {current && open ? <Current of={current} /> : null}
      {gate ? null : <Acts open={open ? current : null} staff={staff} />}
      {current && !open ? <Current of={current} /> : null}
      <Card id="larger" title={t("larger")} className="mt-10">
        <p className="text-[0.9375rem]">{t("largerText")}</p>
        <p className="mt-2 break-words font-mono text-sm">npm run import -- FILE --dry-run</p>
        <p className="break-words font-mono text-sm">npm run import -- FILE</p>
        <p className="break-words font-mono text-sm">npm run export -- FILE</p>
      </Card>
    </div>
  );
}

/** The import that is open, or the last one. */
async function Current({ of }: { of: MemberImport }) {
  const t = await getTranslations("consoleMembers");
  const format = await getFormatter();
  const { state, handled, members, endedAt } = of;
  return (
    <section aria-labelledby="current" className="mt-8">
      <h2 id="current" className="text-lg">
        {t(endedAt ? "latest" : "report")}
      </h2>
      <Callout tone={tones[state]} title={t(`state_${state}`)} level={3} className="my-3">
        <p>{t(texts[state])}</p>
        {state === "running" ? (
          <>
            <p className="mt-2 font-bold tabular-nums">
              <label htmlFor="progress">{t("progress")}</label>{" "}
              {t("progressOf", { handled: format.number(handled), members: format.number(members) })}
            </p>
            <progress
              id="progress"
              className="h-3 w-full appearance-none overflow-hidden rounded-full bg-ink/15 [&::-moz-progress-bar]:bg-ai [&::-webkit-progress-bar]:bg-ink/15 [&::-webkit-progress-value]:bg-ai"
              max={Math.max(1, members)}
              value={handled}
            />
            <p>
              <a className="inline-flex min-h-11 items-center" href="/admin/members">
                {t("reload")}
              </a>
            </p>
            <Fresh />
          </>
        ) : null}
      </Callout>
      <Report of={of} />
    </section>
  );
}

/** The forms that the state allows: examine a file, begin its import, or cancel it. */
async function Acts({ open, staff }: { open: MemberImport | null; staff: StaffSession }) {
  const t = await getTranslations("consoleMembers");
  const form = sessionForm(staff);
  if (!open)
    return (
      <Card id="stage" title={t("stage")}>
        <StageForm form={form} />
      </Card>
    );
  return (
    <div className="mt-8 grid gap-5">
      {open.state === "staged" ? (
        <Card id="begin" title={t("begin")}>
          {open.members > 0 ? <ReasonForm act="begin" of={open} form={form} /> : <p>{t("beginNone")}</p>}
        </Card>
      ) : null}
      <details className="min-w-0">
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">{t("cancel")}</summary>
        <ReasonForm act="cancel" of={open} form={form} />
      </details>
    </div>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Query) {
  const t = await getTranslations("consoleMembers");
  const said = done === "stage" || done === "begin" || done === "cancel" ? t(`done_${done}`) : null;
  const own = { other_state: t("otherState") };
  return <ActOutcome said={said} refused={refused} notDone={t("notDone")} own={own} className="mb-4" />;
}
