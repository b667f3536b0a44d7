import { randomUUID } from "node:crypto";
import { textOf } from "#lib/audit/chain";
import { sql } from "#lib/db/sql";
import { exchange } from "#lib/delivery/providers/http";
import { signedHeaders } from "#lib/delivery/providers/webhook/signature";
import { env } from "#lib/env";
import { sendMail } from "#lib/mail/transport";
import { serviceNow } from "#lib/policy/service";

/** Sends a head of the audit log to a place that an attacker with database access cannot change. */

type Told = { position: string; hash: string; at: string; head: string };

const ANSWER_MS = 5_000;

/** Sends one stored head by one channel; throws when it was not accepted, so that the queue retries. */
export async function tellHead(position: string, way: "webhook" | "mail"): Promise<void> {
  const [row] = await sql<{ hash: Buffer; at: Date }>`SELECT hash, at FROM audit_heads WHERE position = ${position}::bigint`;
  if (!row) throw new Error("there is no such head");
  const head = textOf({ position: BigInt(position), hash: row.hash });
  const told: Told = { position, hash: row.hash.toString("hex"), at: row.at.toISOString(), head };
  await (way === "webhook" ? post(told) : mail(told));
}

async function post({ position, hash, at }: Told): Promise<void> {
  const { AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: secret, publicOrigin } = env();
  if (!url || !secret) return;
  const body = JSON.stringify({ version: 1, event: "audit.head", issuer: publicOrigin, position, hash, at });
  const headers = { "content-type": "application/json", ...signedHeaders(secret, body) };
  const answer = await exchange(url, { method: "POST", headers, body }, AbortSignal.timeout(ANSWER_MS), "anywhere");
  if (!answer.ok) throw new Error("AUDIT_WEBHOOK_URL does not answer");
  if (answer.status < 200 || answer.status > 299) throw new Error(`AUDIT_WEBHOOK_URL answered ${answer.status}`);
}

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
