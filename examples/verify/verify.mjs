// Proves a number with Node 20 or later: SEKISHO_URL=https://login.example.co.jp SEKISHO_KEY=… node verify.mjs 090-1234-5678 203.0.113.7
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";

const { SEKISHO_URL, SEKISHO_KEY } = process.env;

/** Calls the API; a network error is thrown, a refusal is an answer. */
async function call(path, body, headers = {}) {
  const answer = await fetch(`${SEKISHO_URL}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${SEKISHO_KEY}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: answer.status, body: await answer.json() };
}

// The same key again within a day gives the same answer: a repeated call sends nothing twice.
// The address of the person, in your server that of the request: it keeps one person from having many numbers texted.
const [to, clientIp] = process.argv.slice(2);
const made = await call("/verifications", { to, channel: "sms", locale: "ja", clientIp }, { "idempotency-key": randomUUID() });
if (made.status !== 201) {
  console.error(`送れませんでした: ${made.body.code}`);
  process.exit(1);
}
// In your server, keep the id in the session of the person, never in the browser.
const { id } = made.body;
console.log(`${made.body.to} に認証コードを送りました。電話で聞くときは call と入力してください。`);

process.stdout.write("認証コード: ");
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "call") {
    const { status, body } = await call(`/verifications/${id}/send`, { channel: "voice" });
    console.log(status === 202 ? "電話でお伝えします。" : `電話をかけられませんでした: ${body.code}`);
    continue;
  }
  const { status, body } = await call(`/verifications/${id}/check`, { code: line });
  if (status === 200) {
    console.log("approved");
    process.exit(0);
  }
  if (status !== 422) {
    console.error(`終わりました: ${body.code}`);
    process.exit(1);
  }
  console.error(body.code === "code_wrong" ? `違います。あと${body.attemptsLeft}回です。` : "6桁の数字を入力してください。");
}
process.exit(1);
