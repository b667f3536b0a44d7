import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Callouts } from "#components/account/callouts";
import { readCallouts } from "#lib/accounts/callouts";
import { sessionOfFrame } from "#lib/web/session";

/** The frame of the account pages with their callouts; during an outage it shows none, because the page reports the outage. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const session = await sessionOfFrame();
  const found = session && !session.nextStep ? await readCallouts(session.user.id).catch(() => null) : null;
  const { callouts } = await getMessages();
  const any = found !== null && (found.emailRefused || found.doubted.length > 0);
  return (
    <>
      {session && any ? (
        <div className="column wide">
          <Callouts email={session.user.email} refused={found.emailRefused} doubted={found.doubted} words={callouts} />
        </div>
      ) : null}
      {children}
    </>
  );
}
