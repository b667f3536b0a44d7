import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { Row, Rows } from "#components/ui/rows";
import { readAddresses } from "#lib/accounts/addresses";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { beginStepUpAction } from "../step-up/actions";
import { addRecoveryAddressAction, changeEmailAction, removeRecoveryAddressAction } from "./actions";

type Props = {
  searchParams: Promise<{ done?: string | string[]; removed?: string | string[]; taken?: string | string[]; second?: string | string[] }>;
};

export default async function Email({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/email" });
  const { done, removed, taken, second } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("own");
  const when = await whenWords();
  const form = sessionForm(session);
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const { recovery } = await readAddresses(session.user.id);
  const adding = second !== undefined;
  return (
    <ActPage
      title={t(adding ? "second" : "email")}
      lead={t(adding ? "secondLead" : "emailLead")}
      done={done !== undefined ? t("emailDone") : removed !== undefined ? t("secondRemoved") : null}
      trouble={taken === undefined ? null : t("emailTaken")}
      gate={await gateOf(session, "change_email")}
      action="change_email"
      returnTo={adding ? "/account/email?second" : "/account/email"}
      form={form}
      when={when}
      begin={beginStepUpAction}
      ownTitle
      before={
        <Card id="addresses" title={t("email")}>
          <Rows>
            <Row
              title={<bdi>{session.user.email}</bdi>}
              meta={t("emailUse")}
              actions={adding ? <a href="/account/email">{t("change")}</a> : undefined}
            />
            <Row
              title={recovery ? <bdi>{recovery.email}</bdi> : t("second")}
              meta={recovery ? (recovery.counts ? t("secondCounts") : t("secondWaits", { time: when(recovery.countsFrom) })) : t("none")}
              actions={adding ? undefined : <a href="/account/email?second">{t(recovery ? "change" : "add")}</a>}
            />
          </Rows>
        </Card>
      }
    >
      <ActionForm
        key={String(adding)}
        action={adding ? addRecoveryAddressAction : changeEmailAction}
        title={t(adding ? "second" : "email")}
        copy={copy}
        labels={{ email: t(adding ? "second" : "emailNew") }}
        submit={t("emailSubmit")}
        form={form}
      >
        <Field
          name="email"
          type="email"
          label={t(adding ? "second" : "emailNew")}
          autoComplete={adding ? "off" : "email"}
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </ActionForm>
      {adding && recovery ? (
        <form action={removeRecoveryAddressAction} className="mt-6">
          <input type="hidden" name="form" value={form} />
          <Button kind="danger" small>
            {t("secondRemove")}
          </Button>
        </form>
      ) : null}
    </ActPage>
  );
}
