import { openNumber } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import type { Login } from "#lib/openid/login";

/** What a service may know of an account, by scope (OpenID Connect Core 5.4); `groups` are the operator's labels. */
export async function claimsOf({ userId, email }: Login, sub: string, scope: string) {
  const scopes = scope.split(" ");
  const [numbers, groups] = await Promise.all([
    scopes.includes("phone")
      ? sql<{ id: string; numberSealed: string }>`
          SELECT id, number_sealed FROM account_phones WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL AND disabled_at IS NULL
          ORDER BY verified_at LIMIT 1`
      : [],
    scopes.includes("groups") ? sql<{ name: string }>`SELECT name FROM user_groups WHERE user_id = ${userId}::uuid ORDER BY name` : [],
  ]);
  const [phone] = numbers;
  return {
    sub,
    email,
    email_verified: true,
    ...(phone ? { phone_number: openNumber(phone.id, userId, phone.numberSealed), phone_number_verified: true } : {}),
    ...(scopes.includes("groups") ? { groups: groups.map(({ name }) => name) } : {}),
  };
}
