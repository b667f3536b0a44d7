import type { LoadClient, LoadReply } from "./client.ts";
import { codeTo } from "./inbox.ts";

/** The journeys that the load process plays: registration and a complete sign-in by text. */

export type BenchAccount = { email: string; number: string; lastAt: string };
type JourneyStep = "sign-in" | "text" | "verify" | "session" | "create" | "check";
/** Milliseconds of the whole, of each step that the journey has, and from sending the password to reading the text. */
export type Times = { total: number } & Partial<Record<JourneyStep | "delivery", number>>;

export const PASSWORD = "ながい あいことば 42";

type Inbox = { code: string | null; at: string }[];

/** Returns the body of a successful answer; throws with the name of the step otherwise. */
export function accepted(step: string, { status, body }: LoadReply): string {
  if (status >= 300) throw new Error(`${step} ${status} ${/"code":"([a-z_]+)"/.exec(body)?.[1] ?? ""}`.trim());
  return body;
}

/** Waits for the next message with a code. */
export async function newest(client: LoadClient, to: string, after: string) {
  const path = `/api/demo/messages?to=${encodeURIComponent(to)}&after=${after}&wait=10`;
  const [message] = JSON.parse(accepted("text", await client.ask("GET", path))) as Inbox;
  if (!message?.code) throw new Error("text missing");
  return { code: message.code, at: message.at };
}

/** Registers one account through the API, including the confirmation of its recovery codes. */
export async function registerAccount(client: LoadClient, index: number): Promise<BenchAccount> {
  const email = `bench-${process.pid}-${index}@example.jp`;
  const number = `+8190${String(20_000_000 + index * 7 + 1000).padStart(8, "0")}`;
  const never = "1970-01-01T00:00:00Z";
  const post = async (path: string, body: object) => accepted(path, await client.ask("POST", `/api/v1${path}`, body));
  await post("/sign-up", { email, password: PASSWORD });
  await post("/challenge/verify", { code: (await newest(client, email, never)).code });
  await post("/phones", { number, channel: "sms", acceptRisk: true });
  const text = await newest(client, number, never);
  await post("/challenge/verify", { code: text.code });
  const { codes } = JSON.parse(await post("/recovery-codes", {})) as { codes: string[] };
  await post("/recovery-codes/confirm", { code: codes[0] });
  return { email, number, lastAt: text.at };
}

/** Sends the password, which queues a text. */
export async function sendPassword(client: LoadClient, account: BenchAccount): Promise<void> {
  accepted("sign-in", await client.ask("POST", "/api/v1/sign-in", { identifier: account.email, password: PASSWORD }));
}

/** Signs in: password, text, code, session read. Throws with the name of the step that failed. */
export async function timedSignIn(client: LoadClient, account: BenchAccount): Promise<Times> {
  const moments = [performance.now()];
  const passed = () => moments.push(performance.now());
  accepted("sign-in", await client.ask("POST", "/api/v1/sign-in", { identifier: account.email, password: PASSWORD }));
  passed();
  const text = await newest(client, account.number, account.lastAt);
  account.lastAt = text.at;
  passed();
  accepted("verify", await client.ask("POST", "/api/v1/challenge/verify", { code: text.code }));
  passed();
  accepted("session", await client.ask("GET", "/api/v1/session"));
  passed();
  const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0] = moments;
  return { "sign-in": t1 - t0, text: t2 - t1, verify: t3 - t2, session: t4 - t3, total: t4 - t0, delivery: t2 - t0 };
}

export async function requestSession(client: LoadClient): Promise<void> {
  accepted("session", await client.ask("GET", "/api/v1/session"));
}

/** Has a number proven as another system does: create, text at the gateway, check. */
export async function timedVerification(client: LoadClient, to: string): Promise<Times> {
  const began = performance.now();
  const made = accepted("create", await client.ask("POST", "/api/v1/verifications", { to, channel: "sms" }));
  const created = performance.now();
  const { id } = JSON.parse(made) as { id: string };
  const code = await codeTo(to);
  const read = performance.now();
  accepted("check", await client.ask("POST", `/api/v1/verifications/${id}/check`, { code }));
  const ended = performance.now();
  return { create: created - began, text: read - created, check: ended - read, total: ended - began };
}
