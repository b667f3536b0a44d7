import { shownEmail } from "#lib/authenticators/addresses/email";
import { takeMail } from "#lib/authenticators/addresses/mail-share";
import { targetOf } from "#lib/authenticators/addresses/target";
import type { Authenticator } from "#lib/challenges/port";
import { isSentCode } from "#lib/challenges/sent-code";
import { parseOtp } from "#lib/crypto/codes";

/** The e-mail address of a challenge: a mailed code proves access to the mailbox and is no second factor (PSTN-07). */
export const address: Authenticator = {
  kind: "address",
  bound: false,
  methods: ["email"],
  sent: true,
  counted: true,
  secondFactor: false,
  read: parseOtp,
  offer(subject) {
    const email = subject.email ?? subject.accountEmail;
    const target = email ? { target: () => targetOf(email) } : {};
    return [{ method: "email", authenticatorId: null, stopped: subject.mailStopped, hint: () => shownEmail(email ?? ""), ...target }];
  },
  evaluate: async (guess, answer) => (isSentCode(guess, answer) ? { amr: null } : null),
  admit: (tx, { to }, { purpose, sender }) => takeMail(tx, { email: to, userId: sender.userId }, purpose),
};
