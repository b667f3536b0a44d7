import { getMessages, getTranslations } from "next-intl/server";
import type { Tone } from "#components/ui/badge";
import { Timeline } from "#components/ui/timeline";
import type { CaseDetail, CaseStep } from "#lib/console/case-detail";
import { whenWords } from "#lib/web/when";

const tones: Record<string, Tone> = {
  frozen: "warn",
  frozen_by_session: "warn",
  rejected: "danger",
  cancelled: "danger",
  expired: "warn",
  done: "good",
};

/** What the person wrote, as plain text, and each act on the case with its author and reason. */
export async function Steps({ found }: { found: CaseDetail }) {
  const t = await getTranslations("consoleCaseFacts");
  const words = await getMessages();
  const when = await whenWords();
  const title = (act: string) => {
    const key = `step_${act}`;
    return key in words.consoleCaseFacts ? words.consoleCaseFacts[key as keyof typeof words.consoleCaseFacts] : act;
  };
  const checks = words.consoleCaseChecks;
  const by = ({ bySubject, byCommand }: CaseStep) =>
    byCommand ?? (bySubject === null ? null : (found.names.get(bySubject) ?? words.consoleCase.byGone));
  const moments = found.steps.map((step, index) => ({
    key: String(index),
    at: step.at,
    title: title(step.act),
    tone: tones[step.act] ?? "neutral",
    text: (
      <>
        {by(step) ? <p className="break-all">{by(step)}</p> : null}
        {step.reason ? <p>{t("stepReason", { reason: step.reason })}</p> : null}
        {step.act === "reviewed" ? (
          <p className="text-ink-2">
            {step.checks.length > 0
              ? t("checked", {
                  list: step.checks.map((check) => (check in checks ? checks[check as keyof typeof checks] : check)).join(" / "),
                })
              : t("checkedNone")}
          </p>
        ) : null}
      </>
    ),
  }));
  return (
    <>
      <section aria-labelledby="note">
        <h2 id="note" className="text-lg">
          {t("note")}
        </h2>
        {found.note === null ? (
          <p className="mt-2 text-ink-2">{t("noteNone")}</p>
        ) : (
          <>
            <p className="mt-2 border-l-[3px] border-edge bg-ink/4 px-4 py-3 break-words whitespace-pre-wrap">{found.note}</p>
            <p className="hint mt-1">{t("noteHint")}</p>
          </>
        )}
      </section>
      <section aria-labelledby="steps">
        <h2 id="steps" className="text-lg">
          {t("steps")}
        </h2>
        <Timeline moments={moments} when={when} label={t("steps")} />
      </section>
    </>
  );
}
