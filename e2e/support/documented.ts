import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Answer, Client } from "./api.ts";

/** A client that compares each answer of the JSON API with the server's OpenAPI document. */

type Schema = Record<string, unknown>;
type Response = { content?: Record<string, { schema: Schema }>; headers?: Record<string, { required?: boolean; schema: Schema }> };
type Described = { requestBody?: unknown; responses: Record<string, Response> };
type Document = { servers: { url: string }[]; paths: Record<string, Record<string, Described>>; components: Schema };

export type Call = { method: string; path: string; described: Described };

export class Contract {
  readonly calls: readonly Call[];
  readonly #played = new Set<string>();
  readonly #ajv = new Ajv2020({ allErrors: true, strict: true, keywords: ["components"] });
  readonly #components: Schema;

  constructor(document: Document) {
    addFormats.default(this.#ajv);
    this.#components = document.components;
    const root = document.servers[0]?.url ?? "";
    this.calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path: root + path, described })),
    );
  }

  /** Throws if the document does not cover this answer: status, media type, required headers, body. */
  hold(method: string, path: string, { status, headers, body, text }: Answer): void {
    const what = `${method} ${path} → ${status} ${text.slice(0, 300)}`;
    const call = this.#callAt(method, path.split("?")[0] ?? path);
    const response = call?.described.responses[status];
    if (!response) throw new Error(`not documented: ${what}`);
    for (const [name, { schema }] of Object.entries(response.headers ?? {}))
      this.#judge(schema, schema.type === "integer" ? Number(headers.get(name) ?? "absent") : headers.get(name), `${what}: ${name}`);
    const [type = ""] = (headers.get("content-type") ?? "").split(";");
    const content = response.content ?? {};
    if (response.content ? !content[type] : text !== "" || type !== "") throw new Error(`not documented as ${type}: ${what}`);
    if (content[type]) this.#judge(content[type].schema, body, what);
    this.#played.add(`${method} ${call?.path} ${status}`);
  }

  /** Returns the call of a path; a literal path precedes one with placeholders. */
  #callAt(method: string, path: string): Call | undefined {
    const fits = (template: string) => new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
    const calls = this.calls.filter((one) => one.method === method);
    return calls.find((one) => one.path === path) ?? calls.find((one) => fits(one.path));
  }

  #judge(schema: Schema, value: unknown, what: string): void {
    const validate = this.#ajv.compile({ ...schema, components: this.#components });
    if (!validate(value)) throw new Error(`${what}: ${this.#ajv.errorsText(validate.errors)}`);
  }

  /** Lists the successes that were not played, and the calls without a played refusal. */
  missing(): string[] {
    return this.calls.flatMap(({ method, path, described }) => {
      const statuses = Object.keys(described.responses).filter((status) => status !== "default");
      const has = (status: string) => this.#played.has(`${method} ${path} ${status}`);
      const successes = statuses.filter((status) => status.startsWith("2") && !has(status));
      const refused = statuses.some((status) => status.startsWith("4") && has(status));
      return [...successes.map((status) => `${method} ${path} ${status}`), ...(refused ? [] : [`${method} ${path}: a refusal`])];
    });
  }
}

/** A client that checks every answer of a documented call against the document. */
export class DocumentedClient extends Client {
  readonly #contract: Contract;

  constructor(contract: Contract, url: string) {
    super(url);
    this.#contract = contract;
  }

  override async call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    const answer = await super.call(method, path, body, headers);
    if (path.startsWith("/api/v1/")) this.#contract.hold(method, path, answer);
    return answer;
  }
}
