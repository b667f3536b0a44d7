import { randomInt, randomUUID } from "node:crypto";

/** A client of the JSON API with a cookie jar, and of the demo inbox. */

export type Answer = { status: number; body: Json; text: string; headers: Headers };
export type Json = { [key: string]: unknown } & {
  next?: string;
  code?: string;
  codes?: string[];
  attemptsLeft?: number;
  reason?: string;
  errors?: Record<string, string>;
  challenge?: ChallengeJson;
  session?: { user: { email: string }; aal: number; amr: string[] };
};
export type ChallengeJson = {
  purpose: string;
  methods: { method: string; phoneId?: string; hint?: string }[];
  delivery: { method: string; status: string; reason?: string; until?: string; at: string } | null;
  attemptsLeft: number;
  sendsLeft: number;
  resendAt: Record<string, string>;
  expiresAt: string;
  serverTime: string;
};
export type InboxMessage = {
  id: string;
  to: string;
  channel: string;
  text: string;
  code: string | null;
  link: string | null;
  reference: string | null;
  stopCode: string | null;
  undoCode: string | null;
  statusCode: string | null;
  status: string;
  at: string;
};

export const PASSWORD = "ながい あいことば 42";
export const freshEmail = () => `p${randomUUID()}@example.jp`;
/** Returns a mobile number with the given last digits, or with random ones that have no fixed behaviour. */
export const freshNumber = (last = String(randomInt(1000, 10_000))) => `+8190${randomInt(1000, 10_000)}${last}`;

let alike = randomInt(100_000, 800_000);
/** Returns a number with the last digits of its kind, so that all hints are equal; unique within a process. */
export const endingAlike = () => `+8190${alike++}42`;

/** A browser or program; requests rotate through `urls`, so that each goes to another process. */
export class Client {
  private turn = 0;
  readonly cookies = new Map<string, string>();
  protected urls: readonly string[];

  constructor(...urls: string[]) {
    this.urls = urls;
  }

  clone(): Client {
    const copy = new Client(...this.urls);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const url = this.urls[this.turn++ % this.urls.length] ?? "";
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: "manual",
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...(cookie ? { cookie } : {}), ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    this.keep(response.headers);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, body: (isJson && text ? JSON.parse(text) : {}) as Json, text, headers: response.headers };
  }

  private keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  /** The first server's URL, which only that server accepts as an origin. */
  get url(): string {
    return this.urls[0] ?? "";
  }

  get = (path: string) => this.call("GET", path);
  post = (path: string, body: unknown = {}) => this.call("POST", `/api/v1${path}`, body);

  /** Returns the newest message to an address or number after a time (by default any). */
  async message(to: string, after = "1970-01-01T00:00:00Z"): Promise<InboxMessage> {
    const { body } = await this.get(`/api/demo/messages?to=${encodeURIComponent(to)}&after=${after}&wait=10`);
    const [message] = body as unknown as InboxMessage[];
    if (!message) throw new Error(`no message to ${to}`);
    return message;
  }

  /** Waits for the newest message after a time that fits, whatever else arrives beside it. */
  async awaited(to: string, after: string, fits: (message: InboxMessage) => boolean): Promise<InboxMessage> {
    for (let tries = 0; tries < 150; tries += 1) {
      const { body } = await this.get(`/api/demo/messages?to=${encodeURIComponent(to)}&after=${after}`);
      const found = (body as unknown as InboxMessage[]).find(fits);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no such message to ${to}`);
  }

  /** Returns the time of the newest message to an address or number; messages sent later are after it. */
  async latest(to: string): Promise<string> {
    const { body } = await this.get(`/api/demo/messages?to=${encodeURIComponent(to)}`);
    return (body as unknown as InboxMessage[])[0]?.at ?? "1970-01-01T00:00:00Z";
  }

  /** Moves the product's clock. */
  clock = (offsetSeconds: number) => this.call("POST", "/api/demo/clock", { offsetSeconds });
}

export type Person = { email: string; number: string; codes: string[]; client: Client };

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Registers a user through the API, including saved recovery codes; the client is signed in. */
export async function register(client: Client, person: { email?: string; number?: string } = {}): Promise<Person> {
  const { email = freshEmail(), number = freshNumber() } = person;
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(number)).code }), 200);
  const { codes = [] } = expectStatus(await client.post("/recovery-codes"), 200).body;
  expectStatus(await client.post("/recovery-codes/confirm", { code: codes[0] }), 200);
  return { email, number, codes, client };
}

/** Passes the password step in the given client and reads the texted code. */
export async function passPassword(person: Person, client: Client): Promise<{ client: Client; code: string }> {
  const before = (await client.message(person.number)).at;
  expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  return { client, code: (await client.message(person.number, before)).code ?? "" };
}

/** Returns a code that differs from the given one. */
export const otherThan = (code: string, step = 1) => String((Number(code) + step) % 1_000_000).padStart(6, "0");
