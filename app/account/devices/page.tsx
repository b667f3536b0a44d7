import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Devices } from "#components/account/devices";
import { listDevices } from "#lib/sessions/devices";
import { deviceCookie, readCookie } from "#lib/web/cookies";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { formOf } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { forgetAllDevicesAction, forgetDeviceAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { devices, common } = await getMessages();
  return { title: `${devices.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ forgotten?: string | string[] }> };

export default async function DevicesPage({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/devices" });
  const { forgotten } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("devices");
  return (
    <div className="column reading">
      <p>
        <a href="/account">{words.account.back}</a>
      </p>
      <h1 className="mt-2">{t("title")}</h1>
      <p className="lead">{t("lead")}</p>
      {forgotten === undefined ? null : (
        <p className="note good" role="status">
          {forgotten === "all" ? t("forgottenAll") : t("forgotten")}
        </p>
      )}
      <div className="panel mt-6">
        <Devices
          lines={await listDevices(session.user.id, await readCookie(deviceCookie()))}
          when={await whenWords()}
          form={formOf(session)}
          words={words}
          forget={forgetDeviceAction}
          forgetAll={forgetAllDevicesAction}
        />
      </div>
      <p className="hint mt-4">
        {t("stranger")} <a href="/account/sessions">{words.account.sessions}</a>
      </p>
    </div>
  );
}
