import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { CheckField } from "#components/ui/check-field";
import { type Approver, nextApprover } from "#lib/console/approvers";
import { openActs } from "#lib/console/case-acts";
import type { CaseDetail } from "#lib/console/case-detail";
import type { CaseAct } from "#lib/console/cases";
import { REASON } from "#lib/console/reason";
import { reviewChecks } from "#lib/recovery/case";
import type { StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import type { Words } from "#lib/words/ja";
import { consoleGate } from "../../gate";
import { decideCaseAction } from "./actions";

type Props = { found: CaseDetail; approvers: readonly Approver[]; staff: StaffSession };

/** What this member of staff may do with the case now; an act that is not theirs has no button, and the page says whose it is. */
export async function Acts({ found, approvers, staff }: Props) {
  const t = await getTranslations("consoleCase");
  const own = found.userId === staff.user.id;
  const me = approvers.find(({ userId }) => userId === staff.user.id);
  const looker = { administrator: staff.user.roles.includes("administrator"), own, approval: me ? me.why : ("role" as const) };
  const acts = openActs({ state: found.state, proven: found.provenAt !== null }, looker);
  const gate = acts.length > 0 ? await consoleGate(staff, `/admin/cases/${found.reference}`) : null;
  return (
    <section aria-labelledby="acts">
      <h2 id="acts" className="text-lg">
        {t("actsTitle")}
      </h2>
      <Callout className="mt-3">
        {(await whyWords(found, { own, me, approvers })).map((line) => (
          <p key={line}>{line}</p>
        ))}
        {acts.length === 0 ? <p>{t("actsNone")}</p> : null}
      </Callout>
      {acts.length > 0 && !gate ? <ActForm reference={found.reference} acts={acts} form={sessionForm(staff)} /> : gate}
    </section>
  );
}

/** Whether the last thing that happened to a case was that a signed-in device froze it. */
const frozenBySession = (steps: CaseDetail["steps"]): boolean => steps.at(-1)?.act === "frozen_by_session";

/** Whose turn it is, and why the acts that are missing here are missing. */
async function whyWords(
  found: CaseDetail,
  { own, me, approvers }: { own: boolean; me: Approver | undefined; approvers: readonly Approver[] },
) {
  const t = await getTranslations("consoleCase");
  const when = await whenWords();
  const may = approvers.filter(({ why }) => why === null).map(({ email }) => email);
  const administrator = me?.roles.includes("administrator") ?? false;
  if (found.endedAt !== null) return [t("actsOver")];
  const lines: string[] = own ? [t("actsOwn")] : [];
  if (found.state === "requested" && found.provenAt === null) lines.push(t("actsUnproven"));
  if (found.state === "reviewed") {
    if (me?.why === "own_review") lines.push(t("actsReviewer"));
    if (me?.why === "own_reviewer") lines.push(t("actsMadeReviewer"));
    if (me?.why === "new_administrator" && me.from) lines.push(t("actsNew", { time: when(me.from) }));
    const next = nextApprover(approvers);
    const soon = next?.from ? t("actsSoon", { email: next.email, time: when(next.from) }) : t("actsNobody");
    lines.push(may.length > 0 ? t("mayNow", { names: may.join("、") }) : soon);
  }
  if (found.state === "waiting") lines.push(t("actsWait"));
  if (found.state === "ready") lines.push(t("actsReady"));
  if (found.state === "frozen") lines.push(t(frozenBySession(found.steps) ? "actsFrozenBySession" : "actsFrozen"));
  if (!administrator) lines.push(t("actsSupport"));
  return lines;
}

const looks: Record<CaseAct, "primary" | "secondary" | "danger"> = {
  review: "primary",
  approve: "primary",
  resume: "primary",
  reject: "danger",
  cancel: "secondary",
};

const templatesOf = (acts: readonly CaseAct[], words: Words["consoleCaseTemplates"]): string[] =>
  Object.entries(words)
    .filter(([key]) => acts.some((act) => key.startsWith(`${act}_`)) || (key.startsWith("end_") && acts.includes("reject")))
    .map(([, text]) => text);

async function ActForm({ reference, acts, form }: { reference: string; acts: readonly CaseAct[]; form: string }) {
  const t = await getTranslations("consoleCase");
  const { consoleCaseChecks: checks, consoleCaseTemplates } = await getMessages();
  return (
    <form action={decideCaseAction} name="decide" className="mt-2">
      {/* The first button of a form is what Enter presses: nothing is decided by Enter in the field of the reason. */}
      <button type="submit" disabled hidden />
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name="reference" value={reference} />
      {acts.includes("review") ? (
        <fieldset className="mt-4">
          <legend className="label">{t("checks")}</legend>
          {reviewChecks.map((check) => (
            <CheckField key={check} name="check" id={`check-${check}`} value={check} label={checks[check]} />
          ))}
        </fieldset>
      ) : null}
      <div className="mt-5 max-w-[40rem]">
        <label className="label" htmlFor="reason">
          {t("reason")}
        </label>
        <p className="hint" id="reason-hint">
          {t("reasonHint")}
        </p>
        <input
          className="input"
          id="reason"
          name="reason"
          list="reasons"
          aria-describedby="reason-hint"
          minLength={REASON.least}
          maxLength={REASON.most}
          autoComplete="off"
          required
        />
        <datalist id="reasons">
          {templatesOf(acts, consoleCaseTemplates).map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      </div>
      {acts.includes("reject") ? (
        <ul className="hint mt-3 list-disc pl-5">
          <li>{t("rejectWhat")}</li>
          <li>{t("cancelWhat")}</li>
        </ul>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-3">
        {acts.map((act) => (
          <Button key={act} name="act" value={act} kind={looks[act]} small>
            {t(act)}
          </Button>
        ))}
      </div>
    </form>
  );
}
