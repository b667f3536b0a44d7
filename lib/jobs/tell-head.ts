import { randomUUID } from "node:crypto";
import { textOf } from "#lib/audit/chain";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { postSigned } from "#lib/jobs/post-signed";
import { sendMail } from "#lib/mail/transport";
import { serviceNow } from "#lib/policy/service";

/** Sends a head of the audit log to a place that an attacker with database access cannot change. */

type Told = { position: string; hash: string; at: string; head: string };

/** Sends one stored head by one channel; throws when it was not accepted, so that the queue retries. */
export async function tellHead(position: string, way: "webhook" | "mail"): Promise<void> {
  const [row] = await sql<{ hash: Buffer; at: Date }>`SELECT hash, at FROM audit_heads WHERE position = ${position}::bigint`;
  if (!row) throw new Error("there is no such head");
  const head = textOf({ position: BigInt(position), hash: row.hash });
  const told: Told = { position, hash: row.hash.toString("hex"), at: row.at.toISOString(), head };
  await (way === "webhook" ? post(told) : mail(told));
}

const post = ({ position, hash, at }: Told): Promise<void> =>
  postSigned("AUDIT_WEBHOOK_URL", { version: 1, event: "audit.head", issuer: env().publicOrigin, position, hash, at });

async function mail({ head, at }: Told): Promise<void> {
  const to = env().AUDIT_MAIL_TO;
  if (!to) return;
  const { name } = serviceNow();
  const text = `${name}の監査ログは、${at} の時点でここまで記録されています。

${head}

このメールは、データベースとは別の場所に保管してください。あとで次のコマンドを実行すると、この時点までの記録が消されたり書き換えられたりしていないかを確認できます。

npm run admin -- audit:verify --head ${head}

--
This is how far the audit log of ${name} reached at ${at}. Keep this mail apart from the database: the command above says later whether anything up to here was deleted or rewritten.
`;
  await sendMail({ to, subject: `${name}：監査ログの記録 / audit log`, text, code: null, link: null, id: randomUUID() });
}
