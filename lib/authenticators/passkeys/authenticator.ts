import { record } from "#lib/audit/record";
import { takeCeremony } from "#lib/authenticators/passkeys/ceremony";
import { findPasskey, type Judged, judge, spendCounter } from "#lib/authenticators/passkeys/judge";
import { parseAssertion } from "#lib/authenticators/passkeys/response";
import type { Authenticator } from "#lib/challenges/port";
import { sql } from "#lib/db/sql";

export const PASSKEY_KIND = "passkey" as const;

/** A passkey (NIST SP 800-63B-4 3.1.6): a signature cannot be guessed, so nothing of it is counted, locked or disabled. */
export const passkey: Authenticator = {
  kind: PASSKEY_KIND,
  bound: true,
  methods: ["passkey"],
  sent: false,
  counted: false,
  secondFactor: true,
  enrols: true,
  beforeTexts: true,
  /** One way for all passkeys of an account: the browser shows those that it has. */
  offer: ({ authenticators }, bound) =>
    bound && bound.id === authenticators.find(({ kind, verified, disabled }) => kind === PASSKEY_KIND && verified && !disabled)?.id
      ? [{ method: "passkey", authenticatorId: bound.id, stopped: false }]
      : [],
  read(typed) {
    const assertion = parseAssertion(typed);
    return assertion && JSON.stringify(assertion);
  },
  names: async (answer) => (await findPasskey(parseAssertion(answer)?.id ?? ""))?.id ?? null,
  async evaluate({ challengeId, userId, authenticatorId }, answer, _, { ip, userAgent }) {
    const assertion = parseAssertion(answer);
    // Taken before anything is compared: one answer for one nonce (D10).
    const [nonce, stored] = [await takeCeremony({ challengeId }), assertion && (await findPasskey(assertion.id))];
    if (!assertion || !nonce || !stored || stored.id !== authenticatorId || stored.userId !== userId) return null;
    const judged = await judge(assertion, nonce, stored);
    if (judged?.wentBack) await record(sql, { event: "passkey.counter_back", userId, challengeId, method: "hwk", ip, userAgent });
    if (!judged || judged.wentBack) return null;
    return { amr: "hwk", spent: JSON.stringify(judged), userVerified: judged.userVerified };
  },
  spend: async (tx, { authenticatorId }, { spent }) =>
    authenticatorId !== null && spent !== undefined && (await spendCounter(tx, authenticatorId, JSON.parse(spent) as Judged)),
};
