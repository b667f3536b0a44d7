import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Journey } from "#components/journey";
import { FactorLinks } from "#components/sign-up/factor-links";
import { Callout } from "#components/ui/callout";
import { WhoseAccount } from "#components/whose";
import type { SigningUpPage } from "#lib/web/signing-up";
import { whoseWords } from "#lib/words/whose";

type Props = { page: SigningUpPage; kind: "totp" | "passkey"; title: string; lead: string; children: ReactNode };

/** A page that completes a sign-up with a factor other than the phone: the account, the factor and the alternatives. */
export async function SignUpStep({ page: { challenge, allowed, recovering }, kind, title, lead, children }: Props) {
  const { journey, drawn, account, noTexts, verify, lostPhone } = await getMessages();
  const others = allowed.filter((one) => one !== kind);
  const open = allowed.includes(kind);
  return (
    <div className="column">
      {recovering ? null : <Journey step="phone" words={journey} />}
      <div className="card">
        <WhoseAccount label={drawn.account} account={whoseWords(challenge.whose, account)} />
        <h1>{title}</h1>
        {open ? (
          <>
            <p className="lead mb-6">{lead}</p>
            {recovering ? <Callout className="mb-6">{lostPhone.bindLead}</Callout> : null}
            {children}
          </>
        ) : (
          <Callout tone="warn" className="mt-4">
            {noTexts.closed}
          </Callout>
        )}
        {others.length > 0 ? (
          <div className="mt-8">
            <h2 className="text-base font-bold">{noTexts.others}</h2>
            <FactorLinks kinds={others} words={noTexts} />
          </div>
        ) : null}
        <p className="hint mt-4">{recovering ? lostPhone.bindLeave : verify.leaveBind}</p>
      </div>
    </div>
  );
}
