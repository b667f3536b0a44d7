import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { equalInConstantTime } from "#lib/crypto/hash";
import type { Env } from "#lib/env";
import { log } from "#lib/log";
import { type Addresses, canonicalIp, trustedProxies } from "#lib/proxies";
import { runInRequest } from "#lib/request";
import type { StaffAct } from "#lib/staff/matrix";
import { countryOf, limiterKey } from "./address.ts";
import { readBody, replay } from "./body.ts";
import { answerApiCall } from "./call.ts";
import { beginExchange, type Exchange, readAnswerContext, refuse, sendReady } from "./exchange.ts";
import { finishAnswer, replacementOf } from "./finish.ts";
import { headersForNext } from "./headers.ts";
import { Metrics } from "./metrics.ts";
import { routePolicies } from "./policy.ts";
import { readinessOf } from "./readiness.ts";
import { guardResponse } from "./response.ts";
import type { RouteAt } from "./route.ts";
import { orDestroy, watchSockets } from "./sockets.ts";
import { acceptedHost } from "./target.ts";
import { hopOf, type NamedHop, type Sighting, UntrustedProxies } from "./untrusted.ts";
import { judge } from "./verdict.ts";

interface DoorOptions {
  env: Env;
  dev: boolean;
  /** Paths of the files in `public/`, which browsers may keep. */
  publicFiles: ReadonlySet<string>;
  /** Returns the route of a path that the door answers without Next. */
  routeAt: RouteAt;
  app(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Whether a request may send a large body for an act of staff. */
  mayBeLarge(req: IncomingMessage, act: StaffAct): Promise<boolean>;
  /** Returns true if the database is reachable and migrated (2 s at most). */
  checkReady(): Promise<boolean>;
  /** Called before a page or a call is answered. */
  beforeAnswer(): Promise<void>;
  /** Called for an untrusted proxy that names clients, at most once a minute. */
  untrustedProxy(sighting: Sighting): void;
}

// Seconds and counts that bound slow and many clients (K12); a proxy in front must close idle connections sooner than keepAliveTimeout.
const TIMES = { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 20_000, connectionsCheckingInterval: 1000 };
const SOCKET_IDLE_MS = 30_000;
const MAX_CONNECTIONS = 4096;
const MAX_IN_FLIGHT = 500;
const DRAIN_MS = 10_000;
const LET_IN_MS = 500;

export class Door {
  readonly server: Server;
  readonly #options: DoorOptions;
  readonly #trusted: Addresses;
  readonly #countryHeader: string | undefined;
  readonly #untrusted: UntrustedProxies;
  readonly #ready: () => Promise<boolean>;
  readonly #metrics = new Metrics();
  readonly #open = new Set<Exchange>();
  /** A secret of this process, by which the door recognises requests of Next to itself (redirects and forwards of actions). */
  readonly #internalToken = randomBytes(32).toString("base64url");
  #inFlight = 0;
  #draining = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#trusted = trustedProxies(options.env.TRUSTED_PROXIES);
    this.#countryHeader = options.env.COUNTRY_HEADER?.toLowerCase();
    this.#untrusted = new UntrustedProxies(options.untrustedProxy);
    this.#ready = readinessOf(options.checkReady);
    // The door itself judges the Host header, so that its refusal carries the headers of every answer.
    this.server = createServer({ ...TIMES, maxHeaderSize: 16_384, requireHostHeader: false }, this.#enter);
    this.server.on("checkContinue", this.#enter);
    this.server.on("checkExpectation", this.#enter);
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.maxHeadersCount = 0;
    this.server.timeout = SOCKET_IDLE_MS;
    const openOn = (socket: Duplex) => [...this.#open].filter((exchange) => exchange.req.socket === socket);
    watchSockets(this.server, openOn, options.env);
  }

  /** Development only: upgrades hot reload connections from this site's own pages. In production no upgrade is answered 101. */
  admitUpgrades(upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    const { origins } = this.#options.env;
    const admit = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
      const host = acceptedHost([req.headers.host ?? ""], origins);
      if (host && req.headers.origin === `http://${host}`) upgrade(req, socket, head);
      else socket.destroy();
    };
    this.server.on("upgrade", (req, socket, head) => orDestroy(socket, () => admit(req, socket, head)));
  }

  /** Stops accepting, lets requests in flight finish for at most 10 s and closes every connection; no request is answered twice (RE-06). */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.#letInWhoWaits();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const until = performance.now() + DRAIN_MS;
    while (this.#open.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      this.server.closeIdleConnections();
    }
    this.server.closeAllConnections();
    await closed;
  }

  /**
   * Admits connections that the kernel has accepted but the process has not yet seen: Node reports one per turn of the event loop, and its request
   * a turn later. The door stays open until three turns bring no connection, at most half a second.
   */
  async #letInWhoWaits(): Promise<void> {
    let turns = 0;
    const again = () => {
      turns = 0;
    };
    this.server.on("connection", again).on("request", again);
    const until = performance.now() + LET_IN_MS;
    for (; turns < 3 && performance.now() < until; turns += 1) await new Promise(setImmediate);
    this.server.off("connection", again).off("request", again);
  }

  /** The only catch around the door's handling of a request: an error becomes an answer, or closes the connection. */
  readonly #enter = (req: IncomingMessage, res: ServerResponse): void => {
    const exchange = beginExchange(req, res, this.#options.env);
    this.#answer(exchange)
      .catch((error: unknown) => this.#answerFailure(exchange, error))
      .catch(() => req.socket.destroy());
  };

  async #answerFailure(exchange: Exchange, error: unknown): Promise<void> {
    const { context, path, res, req } = exchange;
    // Until the head is judged only the client's bytes can cause an error, and a client must not be able to alert the operator.
    if (exchange.judged) log.error({ id: context.id, path, error }, "request failed");
    else log.warn({ id: context.id, event: "door.threw", error }, "the head of a request could not be read");
    if (res.headersSent) req.socket.destroy();
    else await refuse(exchange, context.databaseUnavailable ? 503 : 500);
  }

  /** Installs the guards of every answer before any part of the request is read. */
  #watch(exchange: Exchange): void {
    const { res } = exchange;
    res.on("error", () => {});
    this.#open.add(exchange);
    res.once("close", () => this.#leave(exchange));
    const finish = () => finishAnswer(exchange, { ...this.#options, draining: this.#draining });
    guardResponse(res, { replace: () => replacementOf(exchange), finish });
  }

  async #answer(exchange: Exchange): Promise<void> {
    this.#watch(exchange);
    const { headers, socket } = exchange.req;
    const named = headers["x-sekisho-internal"]?.toString();
    // A comparison costs two digests; nearly every request names nothing, which tells nothing of the token.
    const internal = named !== undefined && equalInConstantTime(named, this.#internalToken);
    const own = internal ? canonicalIp(headers["x-sekisho-client-ip"]?.toString() ?? "") : null;
    const hop = own ? null : hopOf(socket.remoteAddress ?? "", headers, this.#trusted);
    exchange.context.clientIp = own ?? hop?.address ?? "0.0.0.0";
    exchange.context.countedIp = limiterKey(exchange.context.clientIp);
    exchange.context.country = own
      ? headers["x-sekisho-country"]?.toString()
      : this.#countryHeader && countryOf(headers[this.#countryHeader], socket.remoteAddress ?? "", this.#trusted);
    readAnswerContext(exchange, this.#routeAt);
    await runInRequest(exchange.context, () => this.#obey(exchange, hop));
  }

  readonly #routeAt: RouteAt = (path) =>
    this.#options.routeAt(path) ?? (this.#options.publicFiles.has(path) ? { policy: routePolicies.static } : undefined);

  /** `hop` is null for a request that Next makes to itself. */
  async #obey(exchange: Exchange, hop: NamedHop | null): Promise<void> {
    const { env, dev } = this.#options;
    const fromProxy = hop !== null && this.#trusted.includes(canonicalIp(exchange.req.socket.remoteAddress ?? "") ?? "0.0.0.0");
    const verdict = judge(exchange.req, exchange.route.policy, { env, dev, internal: hop === null, fromProxy });
    exchange.judged = true;
    if (verdict.path !== undefined) exchange.family = exchange.route.policy.family;
    exchange.answerContext.origin = verdict.self ?? env.publicOrigin;
    if (verdict.to === "refuse") return refuse(exchange, verdict.status, verdict.code, verdict.headers);
    if (verdict.to === "health") return this.#health(exchange);
    if (verdict.to === "metrics") return this.#exposition(exchange);
    if (verdict.to === "options")
      return sendReady(exchange, { status: 204, headers: { Allow: exchange.route.policy.methods.join(", ") }, body: "" });
    // Health checks come without the header, so requests answered above are not counted.
    if (hop && !env.demo) this.#untrusted.saw(hop, performance.now());
    await this.#pass(exchange, { host: verdict.host, self: verdict.self, internal: hop === null });
  }

  async #pass(exchange: Exchange, from: { host: string; self: string; internal: boolean }): Promise<void> {
    const { req, res, context, route } = exchange;
    const most = await this.#admitSize(exchange);
    if (most === null) return;
    if (req.headers.expect !== undefined) res.writeContinue();
    const body = await readBody(req, most);
    if (!body.ok) return body.reason === "too_large" ? refuse(exchange, 413) : undefined;
    // Counted only after the body: a slow body must not occupy a slot.
    if (this.#inFlight >= MAX_IN_FLIGHT) return refuse(exchange, 503);
    this.#inFlight += 1;
    res.once("close", () => {
      this.#inFlight -= 1;
    });
    if (!exchange.path.startsWith("/_next/")) await this.#options.beforeAnswer();
    if (route.handlers) return answerApiCall(exchange, route.handlers, body.bytes);
    const { dev } = this.#options;
    const passed = { ...from, ...context, origin: from.self, internalToken: this.#internalToken, countryHeader: this.#countryHeader, dev };
    await (route.listener ?? this.#options.app)(replay(req, headersForNext(req.headers, passed), body.bytes), res);
  }

  /** The bytes that a request may send, or null once it is refused. Only a member of staff who may is asked for more than others, before a byte is read. */
  async #admitSize(exchange: Exchange): Promise<number | null> {
    const { req } = exchange;
    const { maxBody, large } = exchange.route.policy;
    const announced = Number(req.headers["content-length"] ?? 0);
    if (!large || announced <= maxBody) return maxBody;
    const may = await this.#options.mayBeLarge(req, large.act);
    if (may && announced <= large.bytes) return large.bytes;
    // A browser reads the answer to a file that is far too large only if the file is read away.
    exchange.patient = may;
    await refuse(exchange, 413);
    return null;
  }

  async #health(exchange: Exchange): Promise<void> {
    const ready = exchange.path.endsWith("/live") || (!this.#draining && (await this.#ready()));
    if (!ready) return refuse(exchange, 503);
    await sendReady(exchange, { status: 200, headers: { "Content-Type": "application/json" }, body: '{"status":"ok"}' });
  }

  async #exposition(exchange: Exchange): Promise<void> {
    const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
    await sendReady(exchange, { status: 200, headers, body: await this.#metrics.text(this.#inFlight) });
  }

  #leave(exchange: Exchange): void {
    const { req, res, context, path, family, startedAt } = exchange;
    this.#open.delete(exchange);
    const ms = performance.now() - startedAt;
    // 499: the client left before its answer was complete.
    const status = res.writableFinished ? res.statusCode : 499;
    this.#metrics.answered(family, status, ms / 1000);
    log.info({ id: context.id, method: req.method ?? "", path: path.slice(0, 200), status, ms: Math.round(ms * 10) / 10 }, "request");
  }
}
