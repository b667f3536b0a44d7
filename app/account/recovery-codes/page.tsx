import { getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";
import { requireSession } from "#lib/web/session";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../step-up/actions";
import { replaceCodesAction } from "./actions";

export default async function OwnRecoveryCodes() {
  const session = await requireSession({ returnTo: "/account/recovery-codes" });
  const t = await getTranslations("own");
  const a = await getTranslations("account");
  const when = await whenWords();
  const { left, issuedAt } = await recoveryCodesLeft(session.user.id);
  return (
    <ActPage
      title={t("codesTitle")}
      lead={a("codesHint")}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo="/account/recovery-codes"
      form={sessionForm(session)}
      when={when}
      begin={beginStepUpAction}
      before={
        <Card id="left" title={a("codesLeft", { count: left })}>
          {issuedAt ? <p className="hint">{t("codesIssued", { time: when(issuedAt) })}</p> : null}
        </Card>
      }
    >
      <form action={replaceCodesAction} className="mt-6">
        <input type="hidden" name="form" value={sessionForm(session)} />
        <p>{t("codesNewLead")}</p>
        <Button className="mt-3">{t("codesNew")}</Button>
      </form>
    </ActPage>
  );
}
