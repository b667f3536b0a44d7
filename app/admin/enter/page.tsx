import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { StepUpGate } from "#components/account/step-up-gate";
import { PageHead } from "#components/ui/page-head";
import { hasStrongFactor, provenStrongly } from "#lib/staff/entry";
import { isStaff } from "#lib/staff/matrix";
import { currentSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../../account/step-up/actions";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleFrame, common } = await getMessages();
  return { title: `${consoleFrame.enterTitle} – ${site(common.brand).name}` };
}

/** The way into the console for a session that no passkey and no app has proven: the step-up of acts of staff (AD-02). */
export default async function EnterPage() {
  const session = await currentSession();
  if (!session || !isStaff(session.user.roles)) return notFound();
  if (!(await hasStrongFactor(session.user.id))) redirect("/account/factors?staff");
  if (await provenStrongly(session)) redirect("/admin");
  const gate = await gateOf(session, "administer");
  const { stepUp } = await getMessages();
  const t = await getTranslations("consoleFrame");
  if (gate.open) redirect("/admin");
  return (
    <div className="column reading">
      <PageHead title={t("enterTitle")} lead={t("enterLead")} />
      <StepUpGate
        gate={gate}
        action="administer"
        returnTo="/admin"
        form={sessionForm(session)}
        when={await whenWords()}
        begin={beginStepUpAction}
        words={{ ...stepUp, lead: t("gateLead") }}
      />
    </div>
  );
}
