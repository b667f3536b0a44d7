import { addressPolicies } from "#lib/limits/policy";
import type { Naming } from "#lib/limits/subject";
import { addressTake } from "#lib/limits/take";

const { max, crowded } = addressPolicies.passkeyFailures;

/** The SQL values that count an answer of a passkey alone against its address or, by the same numbers, against a known device. */
export const passkeyTake = (name: Naming, ip: string) => ({
  ...addressTake(name, addressPolicies.passkeyFailures, ip),
  onDevice: { policy: "passkey_failures_on_device", max, crowdedMax: crowded.max },
});
