import { refusedSend, takeSendLimits } from "#lib/authenticators/phones/send-limits";
import type { Authenticator, Bound, Target, Way } from "#lib/challenges/port";
import { isSentCode } from "#lib/challenges/sent-code";
import { parseOtp } from "#lib/crypto/codes";
import { openNumber } from "#lib/crypto/number-seal";
import type { StoppedWay } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { UNUSED_NUMBER_SECONDS } from "#lib/limits/policy";
import { channelOf } from "#lib/methods";

/** What the table of phones adds to an authenticator; the number stays sealed until it is needed. */
export type PhoneDetails = {
  sealed: string;
  country: string;
  /** The channel that its owner chose. */
  channel: "SMS" | "VOICE";
  voiceOnly: boolean;
  preferred: boolean;
  /** Whether its number has to be proven again before it serves recovery: unused for long, or reported as unassigned by a receipt (PSTN-10). */
  doubted: boolean;
  /** Whether an enabled provider account carries calls to its country. */
  calls: boolean;
  /** The methods that an operator has stopped to its country. */
  stopped: readonly StoppedWay[];
};

/** A phone among the authenticators of an account. */
export type BoundPhone = Bound & { details: PhoneDetails };

const KIND = "phone";

/** The phones among the authenticators of an account. */
export const phonesAmong = (authenticators: Bound[]): BoundPhone[] => authenticators.filter((one): one is BoundPhone => one.kind === KIND);

/** The last two digits of a number as a hint. */
const phoneHint = (e164: string): string => `••${e164.slice(-2)}`;

const numberOf = (userId: string | null, { id, details }: BoundPhone): string => openNumber(id, userId ?? "", details.sealed);

/** The last two digits of each number, as one text (PH-06). */
export const lastTwoDigits = (userId: string | null, authenticators: Bound[]): string =>
  phonesAmong(authenticators)
    .filter(({ verified, disabled }) => verified && !disabled)
    .map((phone) => numberOf(userId, phone).slice(-2))
    .join(", ");

/** The target of a code to a phone by one channel. */
export const targetOfPhone = (userId: string | null, phone: BoundPhone, channel: "SMS" | "VOICE"): Target => ({
  channel,
  authenticatorId: phone.id,
  to: numberOf(userId, phone),
  country: phone.details.country,
  proven: phone.verified,
});

/** SQL for whether the number of a phone is in doubt; `a` is the row of the authenticator, `p` that of the phone. */
const DOUBTED = `(p.doubted_at IS NOT NULL OR greatest(a.last_used_at, a.verified_at) < app_now() - make_interval(secs => ${UNUSED_NUMBER_SECONDS}))`;

/** Whether an authenticator is a phone whose number is in doubt: it signs in, and serves no recovery until it is proven again. */
export const isDoubted = (one: Bound): boolean => phonesAmong([one]).some(({ details }) => details.doubted);

/** A number of the account that takes codes by text or call (restricted, NIST SP 800-63B-4 3.2.9). */
export const phone: Authenticator = {
  kind: KIND,
  bound: true,
  methods: ["sms", "voice"],
  sent: true,
  counted: true,
  secondFactor: true,
  enrols: true,
  disabledNotice: "notice.phone_disabled",
  details:
    () => `(SELECT json_build_object('sealed', p.number_sealed, 'country', p.country, 'channel', p.channel, 'voiceOnly', p.voice_only, 'preferred', p.preferred, 'doubted', ${DOUBTED},
    'calls', calls_carried(p.country, ${env().demo}), 'stopped', stopped_ways(p.country, ${env().demo})) FROM phones p WHERE p.id = a.id)`,
  read: parseOtp,
  /**
   * A mobile phone offers calls only if an account can carry them; a landline always does, because it has no other method, and its page shows the
   * outcome.
   */
  offer({ userId }, bound) {
    const [one] = phonesAmong(bound ? [bound] : []);
    if (!one) return [];
    const { voiceOnly, calls, stopped } = one.details;
    const ways: StoppedWay[] = voiceOnly ? ["voice"] : calls ? ["sms", "voice"] : ["sms"];
    return ways.map(
      (method): Way => ({
        method,
        authenticatorId: one.id,
        stopped: stopped.includes(method),
        hint: () => phoneHint(numberOf(userId, one)),
        target: () => targetOfPhone(userId, one, channelOf(method) === "VOICE" ? "VOICE" : "SMS"),
      }),
    );
  },
  evaluate: async (guess, answer) => (isSentCode(guess, answer) ? { amr: guess.currentChannel === "VOICE" ? "tel" : "sms" } : null),
  async admit(tx, target, { sender: { userId, ip, deviceId }, others = [] }) {
    if (userId === null) return { kind: "refused", policy: "method_not_available", answer: { code: "method_not_available" } };
    const held = await takeSendLimits(tx, target, { userId, ip, deviceId }, { others });
    return held ? { kind: "refused", policy: held.policy, answer: refusedSend(held) } : { kind: "send" };
  },
};
