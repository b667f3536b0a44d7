import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { DoorAnswer } from "./answer.ts";

interface ResponseRules {
  /** Returns an answer that replaces the one begun; called when its head is about to be written. */
  replace(res: ServerResponse): DoorAnswer | null;
  finish(res: ServerResponse): void;
}

type Heads = OutgoingHttpHeaders | OutgoingHttpHeader[] | string | undefined;

function absorb(res: ServerResponse, heads: readonly Heads[]): void {
  for (const head of heads) {
    if (typeof head === "string" || head === undefined) continue;
    const pairs = Array.isArray(head)
      ? head.flatMap((name, at) => (at % 2 ? [] : [[String(name), head[at + 1]] as const]))
      : Object.entries(head);
    for (const [name, value] of pairs) if (value !== undefined) res.setHeader(name, value);
  }
}

function putOn(res: ServerResponse, answer: DoorAnswer): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  res.setHeader("Content-Length", Buffer.byteLength(answer.body));
  res.statusCode = answer.status;
  res.statusMessage = "";
}

/**
 * Applies the rules to everything that writes to this response. The decision falls once, at the first writeHead, write, end or flushHeaders; after
 * a replacement, later writes are discarded and `end` sends the replacement.
 */
export function guardResponse(res: ServerResponse, rules: ResponseRules): void {
  const writeHead = res.writeHead.bind(res) as (status: number) => ServerResponse;
  const write = res.write.bind(res) as (...args: unknown[]) => boolean;
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  let replaced: DoorAnswer | null = null;
  let decided = false;

  const decide = () => {
    if (decided) return;
    decided = true;
    replaced = rules.replace(res);
    if (replaced) putOn(res, replaced);
    rules.finish(res);
  };
  const guarded = {
    writeHead(status: number, ...heads: Heads[]) {
      if (!decided) {
        res.statusCode = status;
        absorb(res, heads);
        decide();
      }
      return res.headersSent ? res : writeHead(res.statusCode);
    },
    write(...args: unknown[]) {
      decide();
      if (!replaced) return write(...args);
      const done = args.find((arg) => typeof arg === "function");
      if (typeof done === "function") process.nextTick(() => done());
      return true;
    },
    end(...args: unknown[]) {
      decide();
      const done = args.find((arg) => typeof arg === "function");
      return replaced ? end(replaced.body, ...(done ? [done] : [])) : end(...args);
    },
  };
  Object.assign(res, guarded);
}
