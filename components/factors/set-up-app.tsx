import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { CopyKey } from "#components/factors/copy-key";
import { QrCode } from "#components/factors/qr-code";
import { ActionForm, type FormAction } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { CodeBlock } from "#components/ui/code-block";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";

/** Characters of a key that are read as one group. */
const GROUP = 4;

type Props = { pending: { secret: string; uri: string }; form: string; action: FormAction; title: string };

/** The key of an authenticator app that waits for its first code: to scan, to type, and to confirm. */
export async function SetUpApp({ pending: { secret, uri }, form, action, title }: Props) {
  const words = await getMessages();
  const t = await getTranslations("factors");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <>
      <Card id="scan" title={t("appScan")}>
        <p>{t("appScanText")}</p>
        <QrCode text={uri} label={t("appQr")} />
        <p className="mt-3">
          <a href={uri}>{t("appOpen")}</a>
        </p>
        <Callout className="mt-4">
          <p>{t("appKey")}</p>
          <CodeBlock label={t("appKeyLabel")} codes={[secret]} group={GROUP} />
          <CopyKey text={secret} label={t("appCopy")} done={t("appCopied")} />
        </Callout>
      </Card>
      <Card id="confirm" title={t("appCodeTitle")} className="mt-5">
        <ActionForm
          action={action}
          title={title}
          copy={{ ...copy, errors: { ...copy.errors, code_wrong: t("appWrong") } }}
          labels={{ code: t("appCode") }}
          submit={t("appConfirm")}
          form={form}
        >
          <Field
            name="code"
            label={t("appCode")}
            className="input code"
            inputMode="numeric"
            autoComplete="one-time-code"
            spellCheck={false}
            required
          />
        </ActionForm>
      </Card>
    </>
  );
}
