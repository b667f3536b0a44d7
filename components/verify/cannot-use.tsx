import type { ReactNode } from "react";
import { type WayContext, WayOption } from "#components/verify/ways";
import type { ChallengeView, MethodOffer } from "#lib/challenges/challenge";
import { openWays } from "#lib/challenges/next-way";
import type { OwnMethod } from "#lib/methods";

/** The ways that may work without this phone's texts, in the order to try them; the phone is the one that was written to. */
const PLACES: Partial<Record<MethodOffer["method"], number>> = { totp: 2, passkey: 3, recovery_code: 4 };

function withoutThisPhone(view: ChallengeView): MethodOffer[] {
  const phone = view.delivery?.phoneId;
  const place = ({ method, phoneId }: MethodOffer) =>
    phoneId ? (phoneId === phone ? (method === "voice" ? 0 : -1) : 1) : (PLACES[method] ?? -1);
  return openWays(view)
    .filter((offer) => place(offer) >= 0)
    .sort((a, b) => place(a) - place(b));
}

type Props = { context: WayContext; own: OwnMethod | null; children: ReactNode };

/** For a person who cannot use this phone: what still works for this account now, in order, and then what is left (`children`). */
export function CannotUse({ context, own, children }: Props) {
  const { words } = context;
  const ways = withoutThisPhone(context.challenge).filter(({ method }) => method !== own);
  return (
    <details id="cannot-use" className="unfold">
      <summary>{words.cannotUse}</summary>
      {ways.length > 0 ? (
        <>
          <p className="hint">{words.cannotUseLead}</p>
          <ol className="ways">
            {ways.map((offer) => (
              <li key={`${offer.method}${offer.phoneId ?? ""}`}>
                <WayOption offer={offer} context={context} twice />
              </li>
            ))}
          </ol>
        </>
      ) : (
        <p className="hint">{words.cannotUseNone}</p>
      )}
      {children}
    </details>
  );
}
