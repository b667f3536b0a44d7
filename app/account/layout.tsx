import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Callouts } from "#components/account/callouts";
import { deviceName } from "#components/account/device";
import { CaseBanner } from "#components/lost-phone/banner";
import { readCallouts } from "#lib/accounts/callouts";
import { cancelsCase } from "#lib/accounts/stop-case";
import { openCaseOf } from "#lib/recovery/read-case";
import { sessionOfFrame } from "#lib/web/session";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { stopCaseAction } from "./actions";

/** The frame of the account pages with their callouts; during an outage it shows none, because the page reports the outage. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const session = await sessionOfFrame();
  const shown = session && !session.nextStep ? session : null;
  const found = shown ? await readCallouts(shown.user.id).catch(() => null) : null;
  // A restriction without an end is the one of a request: no other account is asked for one.
  const open = shown?.restriction ? await openCaseOf(shown.user.id).catch(() => null) : null;
  const { account, callouts, lostPhone } = await getMessages();
  const any = found !== null && (found.emailRefused || found.doubted.length > 0);
  return (
    <>
      {shown && open ? (
        <div className="column wide">
          <CaseBanner
            reference={open.reference}
            time={(await whenWords())(open.requestedAt.toISOString())}
            browser={open.byStaff && !open.provenAt ? null : deviceName(open.userAgent, account)}
            frozen={open.state === "frozen"}
            cancels={cancelsCase(shown)}
            form={sessionForm(shown)}
            stop={stopCaseAction}
            words={lostPhone}
          />
        </div>
      ) : null}
      {session && any ? (
        <div className="column wide">
          <Callouts email={session.user.email} refused={found.emailRefused} doubted={found.doubted} words={callouts} />
        </div>
      ) : null}
      {children}
    </>
  );
}
