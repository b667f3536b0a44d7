import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { listPasskeys } from "#lib/authenticators/passkeys/list";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { beginStepUpAction } from "../../../step-up/actions";
import { removePasskeyAction, renamePasskeyAction } from "../../actions";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ last?: string | string[] }> };

export default async function EditPasskey({ params, searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/factors" });
  const { id } = await params;
  const { last } = await searchParams;
  const passkey = (await listPasskeys(session.user.id)).find((one) => one.id === id);
  if (!passkey) redirect("/account/factors");
  const words = await getMessages();
  const t = await getTranslations("factors");
  const when = await whenWords();
  const form = sessionForm(session);
  const title = passkey.name ?? t("passkeyUnnamed", { time: when(passkey.createdAt) });
  return (
    <ActPage
      title={title}
      lead={t("passkeyEdit")}
      trouble={last === undefined ? null : t("lastOne")}
      back={{ href: "/account/factors", label: t("title") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo={`/account/factors/passkey/${passkey.id}`}
      form={form}
      when={when}
      begin={beginStepUpAction}
    >
      <ActionForm
        action={renamePasskeyAction}
        title={title}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={{ name: t("name") }}
        submit={t("save")}
        form={form}
      >
        <input type="hidden" name="id" value={passkey.id} />
        <Field name="name" label={t("name")} hint={t("nameHint")} defaultValue={passkey.name ?? ""} maxLength={40} autoComplete="off" />
      </ActionForm>
      <Card id="remove" title={t("passkeyRemove")} className="mt-8">
        <p>{t("passkeyRemoveLead")}</p>
        <form action={removePasskeyAction} className="mt-3">
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="id" value={passkey.id} />
          <Button kind="danger" small>
            {t("passkeyRemove")}
          </Button>
        </form>
      </Card>
    </ActPage>
  );
}
