import { createHash } from "node:crypto";
import { type Answer, Client, expectStatus, freshEmail, freshNumber, otherThan } from "./api.ts";
import { type Door, doors, take } from "./doors.ts";
import { codeOf, noticeOf } from "./own-control.ts";
import { pages } from "./surface.ts";

/** A secret of the journey: its kind and its value. */
export type Secret = { kind: "code" | "number" | "password" | "token" | "recovery code" | "notice code"; value: string };

/** All answers of a server in a run, except those of the demo phone, and the secrets of that run. */
export type Told = { answers: { what: string; text: string }[]; secrets: Secret[]; emails: string[] };

/** A client that records every answer except those of the demo phone. */
class Recording extends Client {
  readonly told: Told;
  constructor(url: string, told: Told) {
    super(url);
    this.told = told;
  }
  override async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await super.call(method, path, body, headers);
    const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    if (!path.startsWith("/api/demo") && !path.startsWith("/demo"))
      this.told.answers.push({ what: `${method} ${path}`, text: `${answer.status}\n${heads}\n\n${answer.text}` });
    for (const [, value] of this.cookies) note(this.told, "token", value);
    return answer;
  }
}

function note(told: Told, kind: Secret["kind"], value: string): void {
  if (value.length > 2 && !told.secrets.some((one) => one.value === value)) told.secrets.push({ kind, value });
}

/** Plays sign-up and sign-in through every entry point and way, with mistakes; returns the answers and the secrets that they must not contain. */
export async function tellAll(url: string): Promise<Told> {
  const told: Told = { answers: [], secrets: [], emails: [] };
  for (const door of doors) {
    const client = new Recording(url, told);
    const [email, number, password] = [freshEmail(), freshNumber(), `ひみつの 合言葉 ${Math.random().toString(36).slice(2)} ${door}`];
    told.emails.push(email);
    note(told, "number", number);
    note(told, "password", password);
    /** Returns the code of the newest message and a wrong code to try first. */
    const codeOf = async (to: string, after?: string) => {
      const { code, at: sent } = await new Client(url).message(to, after);
      for (const one of [code ?? "", otherThan(code ?? "0", 7)]) note(told, "code", one);
      return { code: code ?? "", wrong: otherThan(code ?? "0", 7), sent };
    };
    await take(client, "signUp", door, { email, password: "短い" });
    await take(client, "signUp", door, { email, password });
    const mail = await codeOf(email);
    await take(client, "verify", door, { code: mail.wrong });
    await take(client, "verify", door, { code: mail.code });
    await take(client, "phone", door, { number, channel: "sms", acceptRisk: "on" });
    const text = await codeOf(number);
    await take(client, "verify", door, { code: text.wrong });
    await crawl(client);
    await take(client, "verify", door, { code: text.code });
    const { codes = [] } = expectStatus(await client.post("/recovery-codes"), 200).body;
    for (const code of codes) note(told, "recovery code", code);
    expectStatus(await client.post("/recovery-codes/confirm", { code: codes[0] }), 200);
    await crawl(client);
    await take(client, "signIn", door, { identifier: email, password: `${password}?` });
    await take(client, "signIn", door, { identifier: number, password });
    const again = await codeOf(number, text.sent);
    await client.post("/challenge/send", { method: "voice" });
    const call = await codeOf(number, again.sent);
    await crawl(client);
    await take(client, "verify", door, { code: call.wrong });
    await take(client, "verify", door, { code: call.code });
    await take(client, "signIn", door, { identifier: email, password });
    await take(client, "verify", door, { code: codes[5] ?? "", method: "recovery_code" });
    await crawl(client);
    await tellOwnControl(client, told, door, { email, number, password });
    // Known address and taken number, from another browser.
    const other = new Recording(url, told);
    await take(other, "signUp", door, { email, password });
    await codeOf(email, mail.sent);
    if (door !== "api") await client.call("DELETE", "/api/v1/session");
  }
  return told;
}

type Own = { email: string; number: string; password: string };

/** Plays step-up, the acts behind it, a forgotten password, stop and undo by one door, with mistakes. */
async function tellOwnControl(client: Recording, told: Told, door: Door, { email, number, password }: Own): Promise<void> {
  const codeOfStep = async (to: string, step: () => Promise<unknown>) => {
    const code = await codeOf(new Client(client.url), to, step);
    note(told, "code", code);
    if (code.length > 6) note(told, "code", `${code.slice(0, 5)}-${code.slice(5)}`);
    return code;
  };
  const [added, next, moved] = [freshNumber(), `${password} 新`, freshEmail()];
  note(told, "number", added);
  note(told, "password", next);
  told.emails.push(moved);
  for (const action of ["manage_factors", "change_password", "change_email"]) {
    const code = await codeOfStep(number, async () => expectStatus(await client.post("/step-up", { action }), 200));
    await take(client, "verify", door, { code: otherThan(code, 7) });
    await take(client, "verify", door, { code });
  }
  const code = await codeOfStep(added, () => take(client, "addPhone", door, { number: added, channel: "sms", acceptRisk: "on" }));
  await take(client, "verify", door, { code });
  await crawl(client);
  await take(client, "password", door, { password: "短い" });
  await take(client, "password", door, { password: next });
  const mailed = await codeOfStep(moved, () => take(client, "email", door, { email: moved }));
  const notice = await noticeOf(new Client(client.url), email, "undoCode", () => take(client, "verify", door, { code: mailed }));
  for (const value of [notice.undoCode, notice.stopCode]) if (value) note(told, "notice code", value);
  await crawl(client);
  const reference = notice.reference ?? "";
  const visitor = new Recording(client.url, told);
  await take(visitor, "undo", door, { reference, password: `${next}?`, undoCode: notice.undoCode ?? "" });
  await take(visitor, "undo", door, { reference, password: next, undoCode: notice.undoCode ?? "" });
  const reset = await codeOfStep(email, () => take(visitor, "reset", door, { identifier: email }));
  // The first phone stays the usual one, and is asked first.
  const texted = await codeOfStep(number, () => take(visitor, "verify", door, { code: reset }));
  await crawl(visitor);
  await take(visitor, "verify", door, { code: texted });
  const stop = await noticeOf(new Client(client.url), email, "stopCode", () => take(visitor, "newPassword", door, { password }));
  note(told, "notice code", stop.stopCode ?? "");
  await take(visitor, "stop", door, { reference: stop.reference ?? "", stopCode: "00000-00000" });
  await take(visitor, "stop", door, { reference: stop.reference ?? "", stopCode: stop.stopCode ?? "" });
  await crawl(visitor);
  // The account ends as it began, signed in, with an open class of acts.
  const again = await codeOfStep(number, () => take(client, "signIn", door, { identifier: email, password }));
  await take(client, "verify", door, { code: again });
  const last = await codeOfStep(number, async () => expectStatus(await client.post("/step-up", { action: "manage_factors" }), 200));
  await take(client, "verify", door, { code: last });
}

/** Requests every page as HTML and as Flight payload, and the calls that read state. */
async function crawl(client: Client): Promise<void> {
  for (const path of pages().filter((one) => !one.startsWith("/demo"))) {
    await client.get(path);
    await client.call("GET", `${path}?_rsc`, undefined, { rsc: "1" });
  }
  for (const path of [
    "/api/v1/challenge",
    "/api/v1/session",
    "/api/v1/factors",
    "/api/v1/sessions",
    "/api/v1/activity",
    "/api/auth/session",
    "/verify?with=recovery_code",
  ])
    await client.get(path);
}

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest();

/** Returns the texts to search a secret by: plain, other spellings, encodings, and unkeyed hashes. */
export function spellingsOf({ kind, value }: Secret): string[] {
  const plain =
    kind === "number"
      ? [value, value.slice(1), value.slice(3), `0${value.slice(3)}`, value.replace(/^\+81(\d\d)(\d{4})(\d{4})$/, "0$1-$2-$3")]
      : kind === "recovery code" || kind === "notice code"
        ? [value, value.replaceAll("-", ""), value.toLowerCase()]
        : [value];
  const encoded = plain.flatMap((text) => [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString("hex"),
    // The base64 of six digits without its padding also matches within longer base64.
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
    Buffer.from(text).toString("base64url"),
  ]);
  const hashed = plain.flatMap((text) =>
    ["md5", "sha1", "sha256", "sha512"].flatMap((name) => {
      const hash = digest(name, text);
      return [hash.toString("hex"), hash.toString("base64").replace(/=+$/, ""), hash.toString("base64url")];
    }),
  );
  return [...new Set([...encoded, ...hashed])];
}

/** The spellings of each secret, which every answer is searched by. */
const spelled = new WeakMap<Secret, string[]>();

function knownSpellings(secret: Secret): string[] {
  const known = spelled.get(secret) ?? spellingsOf(secret);
  spelled.set(secret, known);
  return known;
}

/** Returns the kinds of the secrets in a text; digits within longer words or numbers do not count as a code. */
export function found(text: string, secrets: readonly Secret[]): string[] {
  return secrets.flatMap((secret) =>
    knownSpellings(secret)
      .filter((spelling) => {
        const at = text.indexOf(spelling);
        if (at < 0) return false;
        if (spelling !== secret.value || secret.kind !== "code") return true;
        return new RegExp(`(?<![\\w.+/-])${spelling}(?![\\w+/-])`).test(text);
      })
      .map(
        (spelling) =>
          `${secret.kind} ${secret.value} as ${spelling}: …${text.slice(Math.max(0, text.indexOf(spelling) - 60), text.indexOf(spelling) + 40)}…`,
      ),
  );
}
