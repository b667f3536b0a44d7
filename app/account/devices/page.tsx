import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Devices } from "#components/account/devices";
import { Callout } from "#components/ui/callout";
import { Surface } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { listDevices } from "#lib/sessions/devices";
import { deviceCookie, readCookie } from "#lib/web/cookies";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { forgetAllDevicesAction, forgetDeviceAction } from "./actions";
import { TrustedSection } from "./trusted-section";

export async function generateMetadata(): Promise<Metadata> {
  const { devices, common } = await getMessages();
  return { title: `${devices.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ forgotten?: string | string[]; untrusted?: string | string[] }> };

export default async function DevicesPage({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/devices" });
  const { forgotten, untrusted } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("devices");
  return (
    <div className="column reading">
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/account", label: words.account.back }} />
      {forgotten === undefined ? null : (
        <Callout tone="good" role="status" className="mb-6">
          {forgotten === "all" ? t("forgottenAll") : t("forgotten")}
        </Callout>
      )}
      <Surface>
        <Devices
          lines={await listDevices(session.user.id, await readCookie(deviceCookie()))}
          when={await whenWords()}
          form={sessionForm(session)}
          words={words}
          forget={forgetDeviceAction}
          forgetAll={forgetAllDevicesAction}
        />
      </Surface>
      <TrustedSection session={session} ended={untrusted !== undefined} />
      <p className="hint mt-4">
        {t("stranger")} <a href="/account/sessions">{words.account.sessions}</a>
      </p>
    </div>
  );
}
