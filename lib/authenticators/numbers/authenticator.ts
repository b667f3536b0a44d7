import { type ClaimedNumber, maskNumber, targetOfNumber } from "#lib/authenticators/numbers/number";
import { type Asker, takeNumberLimits } from "#lib/authenticators/numbers/send-limits";
import { refusedSend } from "#lib/authenticators/phones/send-limits";
import type { Authenticator, Way } from "#lib/challenges/port";
import { isSentCode } from "#lib/challenges/sent-code";
import { parseOtp } from "#lib/crypto/codes";
import { openClaimed } from "#lib/crypto/number-seal";
import type { StoppedWay } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { channelOf } from "#lib/methods";

/** A number without an account, which another system asks to be proven: it is no factor of anybody here. */
export const claimedNumber: Authenticator = {
  kind: "number",
  bound: false,
  methods: ["sms", "voice"],
  sent: true,
  counted: true,
  secondFactor: false,
  read: parseOtp,
  claimed:
    () => `CASE WHEN c.user_id IS NULL THEN (SELECT json_build_object('id', v.id, 'sealed', v.number_sealed, 'country', v.country, 'voiceOnly', v.voice_only,
    'calls', calls_carried(v.country, ${env().demo}), 'stopped', stopped_ways(v.country, ${env().demo})) FROM verifications v WHERE v.id = c.id) END`,
  offer({ claimed }) {
    const number = claimed as ClaimedNumber | null;
    if (!number) return [];
    const { id, sealed, country, voiceOnly, calls, stopped } = number;
    const ways: StoppedWay[] = voiceOnly ? ["voice"] : calls ? ["sms", "voice"] : ["sms"];
    return ways.map(
      (method): Way => ({
        method,
        authenticatorId: null,
        stopped: stopped.includes(method),
        hint: () => maskNumber(openClaimed(id, sealed)),
        target: () => targetOfNumber(openClaimed(id, sealed), country, channelOf(method) === "VOICE" ? "VOICE" : "SMS"),
      }),
    );
  },
  evaluate: async (guess, answer) => (isSentCode(guess, answer) ? { amr: guess.currentChannel === "VOICE" ? "tel" : "sms" } : null),
  async admit(tx, target, { sender: { challengeId } }) {
    const [asker] = await tx<Asker>`
      SELECT v.key_id, k.sends_per_day, v.client, v.id AS verification_id FROM verifications v JOIN api_keys k ON k.id = v.key_id
      WHERE v.id = ${challengeId ?? null}::uuid`;
    if (!asker) return { kind: "refused", policy: "method_not_available", answer: { code: "method_not_available" } };
    const kept = await takeNumberLimits(tx, target, asker);
    return kept ? { kind: "refused", policy: kept.policy, answer: refusedSend(kept) } : { kind: "send" };
  },
};
