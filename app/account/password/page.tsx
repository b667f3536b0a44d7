import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { ActionForm } from "#components/form/action-form";
import { PasswordField } from "#components/form/password-field";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { strengthOf } from "#lib/words/strength";
import { beginStepUpAction } from "../step-up/actions";
import { changePasswordAction } from "./actions";

type Props = { searchParams: Promise<{ done?: string | string[] }> };

export default async function Password({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/password" });
  const { done } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("own");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <ActPage
      title={t("password")}
      lead={t("passwordLead")}
      done={done === undefined ? null : t("passwordDone")}
      gate={await gateOf(session, "change_password")}
      action="change_password"
      returnTo="/account/password"
      form={sessionForm(session)}
      when={await whenWords()}
      begin={beginStepUpAction}
      ownTitle
    >
      <ActionForm
        action={changePasswordAction}
        title={t("password")}
        copy={copy}
        labels={{ password: t("passwordNew") }}
        submit={t("passwordSubmit")}
        form={sessionForm(session)}
      >
        <PasswordField
          label={t("passwordNew")}
          hint={words.reset.passwordHint}
          autoComplete="new-password"
          words={words.signUp}
          strength={strengthOf(words.signUp)}
        />
      </ActionForm>
    </ActPage>
  );
}
