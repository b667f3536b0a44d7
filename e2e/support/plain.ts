import { type IncomingHttpHeaders, request } from "node:http";

export type PlainAnswer = { status: number; headers: IncomingHttpHeaders; cookies: readonly string[]; body: string };
export type PlainRequest = { method?: string; path: string; headers?: Record<string, string>; json?: unknown; text?: string };

/** Sends a request like a proxy on this machine: plain http with any Host, which `fetch` does not allow. */
export function askAs(host: string, port: number, { method = "GET", path, headers = {}, json, text }: PlainRequest): Promise<PlainAnswer> {
  const type = json === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers: { host, ...type, ...headers } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        body += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        const { statusCode: status = 0, headers: heads } = answer;
        resolve({ status, headers: heads, cookies: heads["set-cookie"] ?? [], body });
      });
    });
    asked.on("error", reject);
    asked.end(json === undefined ? text : JSON.stringify(json));
  });
}
