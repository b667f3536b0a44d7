import { randomUUID } from "node:crypto";
import { env } from "#lib/env";
import { type ConditionKind, conditionKinds } from "#lib/health/judge";
import { type ConditionLine, listConditions, type Phase } from "#lib/health/watch";
import { conditionWords, said } from "#lib/health/words";
import { postSigned } from "#lib/jobs/post-signed";
import { sendMail } from "#lib/mail/transport";
import { serviceNow } from "#lib/policy/service";

/** Tells operators of a condition outside the product, by mail and by a signed POST. */

/** Sends one alert by one channel; throws when it was not accepted, so that the queue retries. */
export async function tellCondition({ kind, phase, way }: { kind: string; phase: Phase; way: "webhook" | "mail" }): Promise<void> {
  const known = conditionKinds.find((one) => one === kind);
  if (!known) return;
  const all = await listConditions(known);
  const lines = phase === "over" ? all.slice(0, 10) : all.filter(({ endedAt }) => endedAt === null);
  // A condition that was over before it could be told is told by its end alone.
  if (lines.length === 0) return;
  await (way === "webhook" ? post(known, phase, lines) : mail(known, phase, lines));
}

function post(kind: ConditionKind, phase: Phase, lines: ConditionLine[]): Promise<void> {
  const conditions = lines.map(({ subject, facts, since, endedAt }) => ({ subject, facts, since, endedAt }));
  return postSigned("ALERT_WEBHOOK_URL", { version: 1, event: `condition.${phase}`, issuer: env().publicOrigin, kind, conditions });
}

async function mail(kind: ConditionKind, phase: Phase, lines: ConditionLine[]): Promise<void> {
  const to = env().ALERT_MAIL_TO;
  const [first] = lines;
  if (!to || !first) return;
  const { name } = serviceNow();
  const over = phase === "over";
  const { todo } = conditionWords[kind];
  const part = (locale: "ja" | "en") => lines.map((line) => `- ${said(line, locale)}`).join("\n");
  const text = over
    ? `次の状態は、終わりました。\n\n${part("ja")}\n\n--\nThis is over:\n\n${part("en")}\n`
    : `${part("ja")}\n\n${todo.ja}\n\n--\n${part("en")}\n\n${todo.en}\n`;
  const subject = over ? `${name}：解消しました / over: ${kind}` : `${name}：お知らせ / alert: ${kind}`;
  await sendMail({ to, subject, text, code: null, link: null, id: randomUUID() });
}
