import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { lastReceipt } from "#lib/console/providers";
import { listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { env } from "#lib/env";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";
import { RoutePicture } from "../../providers/route-picture";
import { State } from "../../providers/state";

/** The second step: which message services are linked, the way a text takes, and when a receipt last arrived. */
export default async function LinkPage() {
  await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const p = await getTranslations("consoleProviders");
  const { common } = await getMessages();
  const when = await whenWords();
  const lines = (await listProviderAccounts()).filter(({ kind }) => kind !== "demo" || env().demo);
  const heard = await Promise.all(lines.map(({ name }) => lastReceipt(name)));
  return (
    <div className="@container max-w-[52rem]">
      <title>{`${t("link")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("link")} lead={t("linkText")} back={{ href: "/admin/setup", label: t("back") }} />
      <RoutePicture lines={lines} form={null} />
      <Rows ordered className="mb-6">
        {lines.map((line, index) => (
          <Row
            key={line.id}
            title={
              <a className="inline-flex min-h-11 items-center font-mono" href={`/admin/providers/${line.name}`}>
                {line.name}
              </a>
            }
            badges={<State line={line} />}
            meta={[`${p("callbackReal")}: ${heard[index] ? when(heard[index]) : p("never")}`]}
          />
        ))}
      </Rows>
      <Button href="/admin/providers" small>
        {t("toProviders")}
      </Button>
    </div>
  );
}
