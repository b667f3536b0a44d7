import { Agent, request } from "node:http";

export type LoadReply = { status: number; body: string };

/**
 * An HTTP client with a cookie jar over kept-alive connections. It does as little work as possible, because it runs on the machine that it
 * measures.
 */
export class LoadClient {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #cookies = new Map<string, string>();

  readonly #headers: Record<string, string>;

  constructor(url: string, agent: Agent, cookie = "", headers: Record<string, string> = {}) {
    this.#headers = headers;
    this.#url = new URL(url);
    this.#agent = agent;
    const [name, value] = cookie.split("=");
    if (name && value) this.#cookies.set(name, value);
  }

  ask(method: string, path: string, body?: object): Promise<LoadReply> {
    const text = body && JSON.stringify(body);
    const headers: Record<string, string | number> = { cookie: this.cookie(), ...this.#headers };
    if (text) Object.assign(headers, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    const { hostname, port } = this.#url;
    return new Promise((resolve, reject) => {
      const asked = request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        for (const line of answer.headers["set-cookie"] ?? []) this.#keep(line);
        let received = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          received += chunk;
        });
        answer.on("error", reject);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: received }));
      });
      asked.on("error", reject);
      asked.end(text);
    });
  }

  cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value) this.#cookies.set(name, value);
    else this.#cookies.delete(name);
  }
}

export const newAgent = () => new Agent({ keepAlive: true, maxSockets: 1024 });
