// A bridge between Sekisho's signed webhook (docs/webhook.md) and an SMS gateway that speaks HTTP. One file, Node 20.9 or later, no packages.
// It answers a repetition as it answered before, stores attempts in a journal, retries receipts, and writes no code, text or number anywhere.
// Copy it, and replace the vendor's part, which is marked. README.md beside it says how to start it.

import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const setting = (name, otherwise) => process.env[name] || otherwise;
const needed = (name) => setting(name) ?? fatal(`${name} is not set.`);
const fatal = (said) => {
  console.error(said);
  process.exit(1);
};

// ── The vendor's part: Media SMS (メディアSMS 認証用API) ─────────────────────────────────────────────────────────────────────────────────
// Public: Basic authentication, a form with `mobilenumber` (11 digits, 0…) and `smstext`, HTTP 200 when it was accepted, and several notifications
// for one request where the vendor retries. Not public, so taken from your contract's document by settings: the members and values of a notification.

const vendor = {
  url: setting("MEDIA_SMS_URL", "https://www.sms-ope.com/sms/api/"),
  authorization: `Basic ${Buffer.from(`${needed("MEDIA_SMS_USER")}:${needed("MEDIA_SMS_PASSWORD")}`).toString("base64")}`,
  idField: setting("MEDIA_SMS_ID_FIELD", "smsid"),
  statusField: setting("MEDIA_SMS_STATUS_FIELD", "status"),
  /** `value=status` or `value=status:reason`, comma separated, such as `1=delivered,2=undelivered:not_reachable`. */
  statuses: new Map(
    setting("MEDIA_SMS_STATUSES", "")
      .split(",")
      .filter(Boolean)
      .map((entry) => {
        const [value, said = ""] = entry.split("=");
        const [status, reason] = said.split(":");
        return [value, { status, ...(reason ? { reason } : {}) }];
      }),
  ),

  /** Hands one text over; `number` is our numeric name of it. Returns what docs/webhook.md calls an answer; throws where the outcome is unknown. */
  async send({ to, text, number }) {
    const national = /^\+81([1-9]\d{9})$/.exec(to)?.[1];
    if (!national) return refusal(to.startsWith("+81") ? "invalid_number" : "country_blocked", to.startsWith("+81"));
    const form = new URLSearchParams({ mobilenumber: `0${national}`, smstext: text, [this.idField]: String(number), status: "1" });
    const headers = { authorization: this.authorization, "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(this.url, { method: "POST", headers, body: form, redirect: "manual", signal: AbortSignal.timeout(4_000) });
    await answer.arrayBuffer();
    if (answer.status === 200) return { code: 200, body: { id: String(number), status: "sent" } };
    if (answer.status === 429) return { code: 429, body: {} };
    // The bridge's own login at the vendor is not Sekisho's signature, so its refusal is no 401.
    return answer.status >= 500 ? { code: 503, body: {} } : refusal("rejected");
  },

  /** Reads a notification: our number of the text, and its state; null for a value that no setting explains. */
  read(form) {
    const state = this.statuses.get(form.get(this.statusField) ?? "");
    return state ? { number: Number(form.get(this.idField)), ...state } : null;
  },
};

const refusal = (reason, permanent = false) => ({ code: 422, body: { reason, permanent } });

// ── The bridge ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const secret = needed("SEKISHO_SECRET");
const notifyKey = needed("NOTIFY_KEY");
const journal = setting("JOURNAL", "bridge.jsonl");
const TOLERANCE = 300;
const KEPT_DAYS = 3;
/** Seconds before each try of a receipt; the last one repeats until the attempt is forgotten. */
const RETRIES = [0, 1, 5, 30, 120, 600].map((seconds) => seconds * 1000 * Number(setting("RETRY_FACTOR", "1")));

/** By attempt: `number`, `at`, `receiptUrl`, `answer` once there is one, `receipt` while one is owed. */
const attempts = new Map();
/** Answers that are being made, so that a repetition waits for the same one. */
const pending = new Map();
let lastNumber = 0;

const log = (event, attemptId, more = {}) => console.log(JSON.stringify({ time: new Date().toISOString(), event, attemptId, ...more }));

function store(attemptId, change) {
  const entry = Object.assign(attempts.get(attemptId) ?? {}, change);
  attempts.set(attemptId, entry);
  appendFileSync(journal, `${JSON.stringify({ attemptId, ...change })}\n`, { mode: 0o600 });
  return entry;
}

/** Reads the journal, forgets what is old, and writes it anew; a line that a crash cut off is left out. */
function restore() {
  for (const line of existsSync(journal) ? readFileSync(journal, "utf8").split("\n") : [])
    try {
      const { attemptId, ...change } = JSON.parse(line);
      attempts.set(attemptId, { ...attempts.get(attemptId), ...change });
    } catch {}
  const since = Date.now() - KEPT_DAYS * 86_400_000;
  for (const [attemptId, { at, number }] of attempts) {
    lastNumber = Math.max(lastNumber, number);
    if (at < since) attempts.delete(attemptId);
  }
  writeFileSync(`${journal}.new`, [...attempts].map(([attemptId, entry]) => `${JSON.stringify({ attemptId, ...entry })}\n`).join(""), {
    mode: 0o600,
  });
  renameSync(`${journal}.new`, journal);
  for (const [attemptId, { receipt }] of attempts) if (receipt) void report(attemptId);
}

const signature = (timestamp, body) => `v1=${createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex")}`;

function isSigned(headers, body) {
  const timestamp = headers["sekisho-timestamp"] ?? "";
  const given = Buffer.from(headers["sekisho-signature"] ?? "");
  const expected = Buffer.from(signature(timestamp, body));
  const recent = /^\d{1,12}$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE;
  return recent && given.length === expected.length && timingSafeEqual(given, expected);
}

/** Sends the receipt that an attempt owes until Sekisho takes it; a newer state replaces it meanwhile. */
async function report(attemptId) {
  const entry = attempts.get(attemptId);
  if (!entry || entry.reporting) return;
  entry.reporting = true;
  for (let tries = 0; entry.receipt && attempts.has(attemptId); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, RETRIES[Math.min(tries, RETRIES.length - 1)]).unref());
    const { receipt } = entry;
    const body = JSON.stringify({ attemptId, id: String(entry.number), ...receipt });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = { "content-type": "application/json", "sekisho-timestamp": timestamp, "sekisho-signature": signature(timestamp, body) };
    const answer = await fetch(entry.receiptUrl, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null);
    log("receipt", attemptId, { status: receipt.status, answer: answer?.status ?? null });
    // 422 says that this receipt will never be taken.
    if ((answer?.ok || answer?.status === 422) && entry.receipt === receipt) {
      entry.receipt = null;
      appendFileSync(journal, `${JSON.stringify({ attemptId, receipt: null })}\n`);
    }
  }
  entry.reporting = false;
}

/** Hands a message over once; the attempt is stored before, so that a crash leaves it unknown instead of sent twice. */
async function handOver({ attemptId, channel, to, text, receiptUrl }) {
  if (channel !== "sms") return refusal("rejected");
  lastNumber += 1;
  const { number } = store(attemptId, { at: Date.now(), number: lastNumber, receiptUrl });
  const answer = await vendor.send({ to, text, number }).catch(() => ({ code: 504, body: {} }));
  log("handed over", attemptId, { answer: answer.code, ...(answer.body.reason ? { reason: answer.body.reason } : {}) });
  store(attemptId, { answer });
  return answer;
}

function take(message) {
  const { version, attemptId, receiptUrl } = message;
  const isOurs =
    version === 1 && /^[0-9a-f-]{36}$/.test(attemptId) && /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1)[:/])/.test(receiptUrl);
  if (!isOurs) return { code: 400, body: { reason: "rejected" } };
  const known = attempts.get(attemptId);
  // An attempt without an answer was under way when the bridge stopped: it may have been sent.
  if (known && !pending.has(attemptId)) return known.answer ?? { code: 504, body: {} };
  if (!pending.has(attemptId))
    pending.set(
      attemptId,
      handOver(message).finally(() => pending.delete(attemptId)),
    );
  return pending.get(attemptId);
}

/** What became of an attempt: its last receipt, else what its answer said; a 504 stays unknown. */
function check({ attemptId }) {
  const entry = attempts.get(attemptId);
  if (!entry) return { code: 200, body: { status: "absent" } };
  const { state, answer } = entry;
  if (state) return { code: 200, body: { id: String(entry.number), ...state } };
  if (answer?.code === 200) return { code: 200, body: answer.body };
  return answer?.code === 422 ? { code: 200, body: { status: "failed", ...answer.body } } : { code: 503, body: {} };
}

function notified(form) {
  const said = vendor.read(form);
  const [attemptId] = [...attempts].find(([, { number }]) => number === said?.number) ?? [];
  if (!said || !attemptId) return log("notification without a text or a meaning", null);
  const { number: _, ...state } = said;
  store(attemptId, { state, receipt: state });
  void report(attemptId);
}

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > 65_536) throw new Error("too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function respond(request, body) {
  const { pathname } = new URL(request.url, "http://bridge");
  if (request.method !== "POST") return { code: 404, body: {} };
  if (pathname === `/notify/${notifyKey}`) {
    notified(new URLSearchParams(body.toString()));
    return { code: 200, body: {} };
  }
  if (pathname !== "/" && pathname !== "/check") return { code: 404, body: {} };
  if (!isSigned(request.headers, body)) return { code: 401, body: {} };
  const message = JSON.parse(body.toString());
  return pathname === "/" ? take(message) : check(message);
}

restore();
createServer(async (request, response) => {
  const answer = await bodyOf(request)
    .then((body) => respond(request, body))
    .catch(() => ({ code: 400, body: { reason: "rejected" } }));
  response.writeHead(answer.code, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
}).listen(Number(setting("PORT", "8025")), setting("HOST", "127.0.0.1"), function () {
  console.log(`listening on ${this.address().port}`);
});
