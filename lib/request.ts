import { AsyncLocalStorage } from "node:async_hooks";

/** What the front door and the code it calls know of one request; lives in the bottom layer so that `lib/db` can report into it. */
export interface RequestContext {
  /** Reference shown to people on error pages and written to the log line. */
  readonly id: string;
  /** Address of the client after `TRUSTED_PROXIES`, in canonical text form; set by the front door once it has read the head. */
  clientIp: string;
  /** The same as limits and the audit log hold it: an IPv6 address by its /64. */
  countedIp?: string;
  /** Country of the client (ISO 3166-1 alpha-2) if a trusted proxy named it. */
  country?: string | undefined;
  /** Nonce of this answer's Content-Security-Policy, base64. */
  readonly nonce: string;
  /** True if a failure is the product's; false while Next decodes a form or an action call, before the product's action begins. */
  ours: boolean;
  /** PostgreSQL could not be reached or did not answer in time, so a failure is answered 503. */
  databaseUnavailable: boolean;
  /** The status of a page that explains why it is closed, in place of 200. */
  status?: 403;
}

// The bundler makes a second copy of this file: both copies must find one store, hence the registry of symbols.
const KEY = Symbol.for("sekisho.request");
const registry = globalThis as { [KEY]?: AsyncLocalStorage<RequestContext | undefined> };

function store(): AsyncLocalStorage<RequestContext | undefined> {
  registry[KEY] ??= new AsyncLocalStorage<RequestContext | undefined>();
  return registry[KEY];
}

/** Runs `work` and everything it awaits as part of one request. */
export const runInRequest = <T>(context: RequestContext, work: () => T): T => store().run(context, work);

/** Runs `work` outside of the request, so that its failures do not affect the answer. */
export const outsideRequest = <T>(work: () => T): T => store().run(undefined, work);

/** The request being answered, or `undefined` outside of one (jobs, scripts, tests). */
export const requestContext = (): RequestContext | undefined => store().getStore();

/** Notes that one of the product's server actions has begun; the first line of every action. */
export function markActionEntered(): void {
  const context = requestContext();
  if (context) context.ours = true;
}

/** Notes that the page explains why what it is for is refused. */
export function markForbidden(): void {
  const context = requestContext();
  if (context) context.status = 403;
}

/** Notes that the database is unavailable; `lib/db` calls it when a connection or a statement fails or times out. */
export function markDatabaseUnavailable(): void {
  const context = requestContext();
  if (context) context.databaseUnavailable = true;
}
