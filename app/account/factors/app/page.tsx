import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { CopyKey } from "#components/factors/copy-key";
import { QrCode } from "#components/factors/qr-code";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { CodeBlock } from "#components/ui/code-block";
import { type NewApp, pendingTotp, readTotp } from "#lib/accounts/totp";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { actingOf, gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { beginStepUpAction } from "../../step-up/actions";
import { beginTotpAction, confirmTotpAction, removeTotpAction } from "../actions";

export async function generateMetadata(): Promise<Metadata> {
  const { factors, common } = await getMessages();
  return { title: `${factors.app} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<"over" | "last", string | string[] | undefined>> };

export default async function App({ searchParams }: Props) {
  const session = await requireSession({ enrolling: true, returnTo: "/account/factors/app" });
  const { over, last } = await searchParams;
  const [app, pending] = await Promise.all([readTotp(session.user.id), pendingTotp(actingOf(session))]);
  const t = await getTranslations("factors");
  const form = sessionForm(session);
  return (
    <ActPage
      title={t("app")}
      lead={t(app ? "appWhat" : "appLead")}
      trouble={last === undefined ? (over === undefined ? null : t("appOver")) : t("lastOne")}
      back={{ href: "/account/factors", label: t("title") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo="/account/factors/app"
      form={form}
      when={await whenWords()}
      begin={beginStepUpAction}
    >
      {pending ? <Waiting pending={pending} form={form} /> : null}
      <form action={beginTotpAction} className="mt-6">
        <input type="hidden" name="form" value={form} />
        {app && !pending ? <p className="mb-3">{t("appReplaceLead")}</p> : null}
        <Button kind={pending ? "quiet" : app ? "secondary" : "primary"} small={!!app}>
          {t(pending ? "appAgain" : app ? "appReplace" : "appBegin")}
        </Button>
      </form>
      {app ? (
        <Card id="remove" title={t("appRemove")} className="mt-8">
          <p>{t("appRemoveLead")}</p>
          <form action={removeTotpAction} className="mt-3">
            <input type="hidden" name="form" value={form} />
            <Button kind="danger" small>
              {t("appRemove")}
            </Button>
          </form>
        </Card>
      ) : null}
    </ActPage>
  );
}

/** Characters of a key that are read as one group. */
const GROUP = 4;

/** The key that waits for its first code: to scan, to type, and to confirm. */
async function Waiting({ pending: { secret, uri }, form }: { pending: NewApp; form: string }) {
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
          action={confirmTotpAction}
          title={t("app")}
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
