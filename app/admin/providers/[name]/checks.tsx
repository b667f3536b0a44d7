import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { ShownOnce } from "#components/console/shown-once";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { listTrials, type Trial } from "#lib/console/providers";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import type { DeliveryError } from "#lib/errors";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { tryProviderAction } from "../actions";

/** A real text by this account alone, and what became of those of the last 30 days. */
export async function Checks({ line, form }: { line: ListedProviderAccount; form: string | null }) {
  if (line.routes.length === 0) return null;
  const t = await getTranslations("consoleProviders");
  const words = await getMessages();
  const trials = await listTrials(line.name, 10);
  return (
    <section aria-labelledby="check" className="mt-10">
      <h2 id="check" className="text-lg">
        {t("check")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("checkLead")}</p>
      {form ? (
        <ActionForm
          action={tryProviderAction}
          title={line.name}
          copy={formCopy(words, await getLocale(), site(words.common.brand).name, true)}
          labels={{ number: t("number") }}
          submit={t("test")}
          act="test"
          form={form}
          quiet
        >
          <input type="hidden" name="name" value={line.name} />
          <Field name="number" label={t("number")} hint={t("numberHint")} type="tel" autoComplete="tel" maxLength={40} required />
          <ShownOnce name="trial" />
        </ActionForm>
      ) : null}
      <Trials trials={trials} />
    </section>
  );
}

async function Trials({ trials }: { trials: Trial[] }) {
  const t = await getTranslations("consoleProviders");
  const { deliveryReasons } = await getMessages();
  const when = await whenWords();
  if (trials.length === 0) return <p className="hint mt-4">{t("trialsNone")}</p>;
  return (
    <div className="mt-6">
      <RecordTable<Trial>
        caption={t("trials")}
        captioned
        rows={trials}
        keyOf={({ id }) => id}
        columns={[
          { key: "at", head: t("trialAt"), cell: ({ at }) => <time dateTime={at}>{when(at)}</time> },
          { key: "how", head: t("trialHow"), cell: ({ channel }) => t(channel === "SMS" ? "sms" : "voice") },
          {
            key: "result",
            head: t("trialResult"),
            cell: ({ status, reason }) => (
              <>
                <b>{t(`state_${status}`)}</b> {reason ? deliveryReasons[reason as DeliveryError] : null}
              </>
            ),
          },
          { key: "carrier", head: t("carrier"), cell: ({ carrier }) => carrier ?? "–" },
          {
            key: "seconds",
            head: t("trialSeconds"),
            figures: true,
            cell: ({ seconds, status }) => (status === "queued" || status === "sent" ? "–" : t("seconds", { count: seconds.toFixed(1) })),
          },
        ]}
      />
    </div>
  );
}
