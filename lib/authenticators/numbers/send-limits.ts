import { brakesOfNewNumber, type Held, held } from "#lib/authenticators/phones/send-limits";
import type { Target } from "#lib/challenges/port";
import type { Sql } from "#lib/db/sql";
import { blockOf } from "#lib/limits/brakes";
import { budgetTakes, shareTakes } from "#lib/limits/budgets";
import { keyRing, newNumberSendsPerIp, policies, rings } from "#lib/limits/policy";
import type { Naming } from "#lib/limits/subject";
import { ringOfBlocks, type Take, takeLimits } from "#lib/limits/take";

/** Who asks for a send to a number without an account: the key with its daily budget, and the person's address where the client sent it. */
export type Asker = { keyId: string; sendsPerDay: number | null; client: string | null; verificationId: string };

/** A send counts on the number, its block, its country, the site, the key and the person's address; a proof gives back what can be (docs/security.md, "Limits"). */
function takesOf({ to, country }: Target, { keyId, sendsPerDay, client, verificationId: owner }: Asker, braked: boolean): Take[] {
  // A key may name any address, so an address counts per key and never for people who sign in from it.
  const person = client === null ? null : `${keyId} ${client}`;
  const byAddress: Take[] =
    person === null ? [] : [...ringOfBlocks(rings.sendsPerIp, person), { policy: newNumberSendsPerIp(braked), subject: person, owner }];
  return [
    ...byAddress,
    { policy: policies.sendsPerPhone, subject: to, owner },
    { policy: policies.sendsPerPrefix, subject: blockOf(to), owner },
    ...shareTakes(country, { ...(person === null ? {} : { ip: person }), block: blockOf(to) }),
    ...(sendsPerDay === null ? [] : [{ ring: keyRing(sendsPerDay), subject: keyId }]),
    ...budgetTakes(country),
  ];
}

/** Takes the limits of one text or call to a number without an account together with others of the same request; a refusal takes none. */
export async function takeNumberLimits(
  tx: Sql,
  target: Target,
  asker: Asker,
  { others = [], name }: { others?: Take[] | Promise<Take[]>; name?: Naming } = {},
): Promise<Held | null> {
  const [{ stopped, conversion }, besides] = await Promise.all([brakesOfNewNumber(tx, target), others]);
  if (stopped) return stopped;
  // Without the person's address the brake can only hold back the whole key.
  const client = asker.client ?? (conversion ? asker.keyId : null);
  const refusal = await takeLimits(tx, [...takesOf(target, { ...asker, client }, conversion), ...besides], name);
  return refusal && held(refusal);
}
