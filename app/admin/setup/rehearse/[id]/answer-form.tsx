import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import type { Rehearsal } from "#lib/console/rehearsals";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { confirmRehearsalAction } from "../actions";

const answers = ["whole", "broken", "absent"] as const;
const fills = ["not_tried", "filled", "not_filled"] as const;

/** What the handset showed: nothing is chosen beforehand, and a code that was typed from it is compared with the one that was sent. */
export async function AnswerForm({ row, title, form }: { row: Rehearsal; title: string; form: string }) {
  const t = await getTranslations("consoleRehearse");
  const words = await getMessages();
  const voice = row.channel === "VOICE";
  const labels = { shown: t(voice ? "shownVoice" : "shown"), autofill: t("autofillAsk"), code: t("codeAsk") };
  return (
    <section aria-labelledby="answer" className="mt-8">
      <h2 id="answer" className="text-lg">
        {t(voice ? "answerTitleVoice" : "answerTitle")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("answerLead")}</p>
      <ActionForm
        action={confirmRehearsalAction}
        title={title}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={labels}
        submit={t("confirm")}
        act="confirm"
        form={form}
      >
        <input type="hidden" name="id" value={row.id} />
        <RadioField
          name="shown"
          legend={labels.shown}
          unset
          options={answers.map((value) => ({ value, label: t(voice ? `heard_${value}` : `shown_${value}`) }))}
        />
        {voice ? null : (
          <Select name="autofill" label={labels.autofill} options={fills.map((value) => ({ value, label: t(`autofill_${value}`) }))} />
        )}
        <Field name="code" label={labels.code} hint={t("codeHint")} inputMode="numeric" autoComplete="one-time-code" maxLength={40} />
      </ActionForm>
    </section>
  );
}
