import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ShownOnce } from "#components/console/shown-once";
import { ActionForm } from "#components/form/action-form";
import { Facts } from "#components/ui/facts";
import { callbackSeen, lastReceipt } from "#lib/console/providers";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { tryCallbackAction } from "../actions";

/** The address that receives receipts, a test that a callback arrives there, and when the last ones did. Its key is a secret. */
export async function Receipts({ line, form }: { line: ListedProviderAccount; form: string | null }) {
  if (line.kind === "demo") return null;
  const t = await getTranslations("consoleProviders");
  const when = await whenWords();
  const [seen, real] = [await callbackSeen(line.name), await lastReceipt(line.name)];
  const time = (at: string | null) => (at ? <time dateTime={at}>{when(at)}</time> : t("never"));
  return (
    <section aria-labelledby="callback" className="mt-10">
      <h2 id="callback" className="text-lg">
        {t("callback")}
      </h2>
      {line.receipts === null ? (
        <p className="text-[0.9375rem] text-ink-2">{t("callbackNone")}</p>
      ) : (
        <>
          <p className="text-[0.9375rem] text-ink-2">{t("callbackLead")}</p>
          {form ? (
            <p className="my-2 rounded-sm border border-line bg-surface px-3 py-2 font-mono text-sm break-all">
              <code>{line.receipts}</code>
            </p>
          ) : (
            <p className="hint my-2">{t("callbackHidden")}</p>
          )}
        </>
      )}
      <Facts
        facts={[
          ...(line.receipts === null ? [] : [{ label: t("callbackSeen"), value: time(seen) }]),
          { label: t("callbackReal"), value: time(real) },
        ]}
      />
      {form && line.receipts ? <Try name={line.name} form={form} /> : null}
    </section>
  );
}

async function Try({ name, form }: { name: string; form: string }) {
  const t = await getTranslations("consoleProviders");
  const words = await getMessages();
  return (
    <ActionForm
      action={tryCallbackAction}
      title={name}
      copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
      labels={{}}
      submit={t("testCallback")}
      act="test_callback"
      form={form}
      quiet
    >
      <input type="hidden" name="name" value={name} />
      <ShownOnce name="callback" />
    </ActionForm>
  );
}
