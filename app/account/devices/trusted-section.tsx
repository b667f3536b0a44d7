import { getMessages } from "next-intl/server";
import { TrustedDevices } from "#components/account/trusted-devices";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import type { SessionView } from "#lib/sessions/session";
import { listTrustedDevices, trustedDevicesOn } from "#lib/sessions/trusted-device";
import { currentRequester } from "#lib/web/requester";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { endTrustedDeviceAction } from "./trusted-actions";

type Props = { session: SessionView; ended: boolean };

/** The section of the devices' page that lists browsers which skip the second factor; nothing while the operator has them off. */
export async function TrustedSection({ session, ended }: Props) {
  if (!trustedDevicesOn()) return null;
  const words = await getMessages();
  const { trustedToken } = await currentRequester();
  return (
    <Card id="trusted" title={words.trusted.title} className="mt-6">
      <p className="hint">{words.trusted.lead}</p>
      {ended ? (
        <Callout tone="good" role="status" className="mt-3">
          {words.trusted.ended}
        </Callout>
      ) : null}
      <TrustedDevices
        lines={await listTrustedDevices(session.user.id, trustedToken)}
        when={await whenWords()}
        form={sessionForm(session)}
        words={words}
        end={endTrustedDeviceAction}
      />
    </Card>
  );
}
