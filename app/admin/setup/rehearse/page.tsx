import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { accountsInUse } from "#lib/console/proven";
import { currentRehearsals, readNeeds } from "#lib/console/rehearsals";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { Handsets } from "./handsets";
import { Needs } from "./needs";
import { Scenes } from "./scenes";

/** The third step: what is enough, the handsets, what goes wrong on purpose, and the report. */
export default async function RehearsePage() {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleRehearse");
  const { common } = await getMessages();
  const may = mayDo(staff.user.roles, "setup.rehearse");
  const rows = await currentRehearsals();
  const [needs, accounts] = [await readNeeds(rows), await accountsInUse()];
  return (
    <div className="@container max-w-[60rem]">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/admin/setup", label: t("back") }} />
      {may ? null : <p className="mb-6 text-ink-2">{t("onlyAdministrators")}</p>}
      <Needs needs={needs} may={may} />
      <Handsets rows={rows} may={may} />
      <Scenes rows={rows} may={may} accounts={accounts.length} />
      <section aria-labelledby="report" className="mt-10">
        <h2 id="report" className="text-lg">
          {t("report")}
        </h2>
        <p className="text-[0.9375rem] text-ink-2">{t("reportLead")}</p>
        <Button href="/admin/setup/rehearse/report" kind="secondary" small className="mt-3">
          {t("toReport")}
        </Button>
      </section>
    </div>
  );
}
