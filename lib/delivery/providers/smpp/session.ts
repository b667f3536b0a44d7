import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOfCode } from "#lib/delivery/providers/network-failure";
import type { Said } from "#lib/delivery/providers/said";
import { type Address, type Connection, connect } from "#lib/delivery/providers/smpp/connection";
import type { Foreign, Pdu, PduBody } from "#lib/delivery/providers/smpp/pdu";
import type { Submit } from "#lib/delivery/providers/smpp/submit";
import { type Submitted, SubmitWindow } from "#lib/delivery/providers/smpp/window";

/**
 * Time-outs in milliseconds: of connect with bind, of an answer, of an enquire_link, of a clean end. Back-off of a bind: initial, maximum,
 * and after a refusal.
 */
const PATIENCE = { connect: 5_000, answer: 10_000, alive: 5_000, end: 5_000, again: 1_000, longest: 30_000, refused: 300_000 };

export type SessionOptions = {
  address: Address;
  bind: PduBody<"bind_transceiver"> | PduBody<"bind_transmitter">;
  /** Maximum unanswered submits. */
  window: number;
  enquireSeconds: number;
  /** Maximum submits per second; null: limited only by the window. */
  throughput: number | null;
  /** Handles a message of the gateway and returns the status of the answer synchronously. */
  deliver(pdu: Pdu<"deliver_sm" | "data_sm">): number;
  /** Logs a state change of the session. */
  note(state: "bound" | "lost" | "down" | "refused", reason: string): void;
  patience?: Partial<typeof PATIENCE>;
};

/** Statuses of a permanently refused bind: ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSID. */
const REFUSED = new Set([0x0d, 0x0e, 0x0f]);
const INVALID_LENGTH = 0x02;
const INVALID_COMMAND = 0x03;
/** alert_notification is the only request without an answer (4.12). */
const ALERT = 0x102;

/** A session with a gateway: it binds for the first text or `open`, stays alive, and binds again after a loss. */
export class Session {
  readonly #options: SessionOptions;
  readonly #patience: typeof PATIENCE;
  readonly #submits: SubmitWindow;
  #bound: Connection | null = null;
  #binding = false;
  #failure: { why: "down" | "refused"; at: number; inRow: number; said: Said } | null = null;
  #retry: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #asking = false;
  #ended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#patience = { ...PATIENCE, ...options.patience };
    this.#submits = new SubmitWindow(options.window, options.throughput);
  }

  /** Binds in the background and stays bound, because receipts also arrive over the session. */
  open(): void {
    clearTimeout(this.#retry);
    if (this.#bound || this.#binding || this.#ended) return;
    this.#binding = true;
    void this.#bind();
  }

  /** Returns why there is no session; null while one is bound or the first bind is in progress. */
  get failure(): Said | null {
    return this.#failure?.said ?? null;
  }

  /** Submits once there is a session and a free slot in its window; a submit still waiting when `signal` ends is not sent. Always settles. */
  submit(submit: Submit, signal: AbortSignal): Promise<Submitted> {
    // A bind that has just failed also fails this text, so that another provider can take it at once.
    const fresh = this.#failure && performance.now() - this.#failure.at < this.#patience.again ? this.#failure : null;
    if (this.#ended || (fresh && !this.#binding)) return Promise.resolve({ is: "unsent", why: fresh?.why ?? "down" });
    this.open();
    return this.#submits.submit(submit, signal);
  }

  /** Waits for pending submits, unbinds and stays closed. */
  async close(): Promise<void> {
    const late = new AbortController();
    const end = sleep(this.#patience.end, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.#submits.idle(), end]);
    this.#ended = true;
    clearTimeout(this.#retry);
    await Promise.race([this.#bound?.request({ command: "unbind" }, this.#patience.end), end]);
    late.abort();
    this.#bound?.drop("closed");
    this.#submits.stop("down");
  }

  async #bind(): Promise<void> {
    let gone: string | null = null;
    const lost = (reason: string) => {
      gone = reason;
      if (this.#bound === connection) this.#lost(reason);
    };
    const request = (pdu: Pdu | Foreign, from: Connection) => this.#answer(pdu, from);
    const connected = await connect(this.#options.address, this.#patience.connect, { request, lost });
    const connection = connected.ok ? connected.value : null;
    if (!connected.ok) return this.#failed("down", connected.error, { by: "network", failure: failureOfCode(connected.error) });
    const reply = await connected.value.request(this.#options.bind, this.#patience.connect);
    const status = typeof reply === "string" || reply.command !== `${this.#options.bind.command}_resp` ? null : reply.status;
    if (status === 0 && gone === null && !this.#ended) return this.#begin(connected.value);
    connected.value.drop("not bound");
    if (status === null)
      return this.#failed("down", "no answer to the bind", { by: "network", failure: reply === "lost" ? "closed" : "no_bind" });
    this.#failed(REFUSED.has(status) ? "refused" : "down", `status ${status}`, { by: "smpp", to: "bind", status });
  }

  #begin(connection: Connection): void {
    this.#bound = connection;
    this.#binding = false;
    this.#failure = null;
    this.#options.note("bound", "");
    this.#keepAlive = setInterval(() => void this.#enquire(), this.#options.enquireSeconds * 1000);
    this.#submits.start(async (submit) => {
      const reply = await connection.request(submit, this.#patience.answer);
      // A gateway that does not answer may be gone; an enquire_link finds out before the next text.
      if (reply === "silent") void this.#enquire();
      return reply;
    });
  }

  #failed(why: "down" | "refused", reason: string, said: Said): void {
    const before = this.#failure;
    this.#binding = false;
    this.#failure = { why, at: performance.now(), inRow: (before?.inRow ?? 0) + 1, said };
    if (before?.why !== why && !this.#ended) this.#options.note(why, reason);
    this.#submits.stop(why);
    this.#again();
  }

  #lost(reason: string): void {
    this.#bound = null;
    clearInterval(this.#keepAlive);
    if (!this.#ended) this.#options.note("lost", reason);
    this.#submits.stop("down");
    this.#again();
  }

  /** Binds again after the back-off, with jitter, so that workers do not bind simultaneously. */
  #again(): void {
    if (this.#ended) return;
    const { again, longest, refused } = this.#patience;
    const delay = this.#failure?.why === "refused" ? refused : Math.min(longest, again * 2 ** Math.min(this.#failure?.inRow ?? 0, 16));
    this.#retry = setTimeout(() => this.open(), delay * (0.75 + randomInt(0, 500) / 1000)).unref();
  }

  async #enquire(): Promise<void> {
    const connection = this.#bound;
    if (!connection || this.#asking) return;
    this.#asking = true;
    const reply = await connection.request({ command: "enquire_link" }, this.#patience.alive);
    this.#asking = false;
    if (reply === "silent") connection.drop("silent");
  }

  #answer(pdu: Pdu | Foreign, from: Connection): void {
    switch (pdu.command) {
      case "enquire_link":
        from.respond({ command: "enquire_link_resp" }, pdu);
        break;
      case "deliver_sm":
        from.respond({ command: "deliver_sm_resp", messageId: "" }, pdu, this.#options.deliver(pdu));
        break;
      case "data_sm":
        from.respond({ command: "data_sm_resp", messageId: "" }, pdu, this.#options.deliver(pdu));
        break;
      case "unbind":
        from.respond({ command: "unbind_resp" }, pdu);
        from.drop("unbound by the gateway");
        break;
      case null:
        // An unreadable request is refused without closing the session: the gateway would send it again after each bind.
        if (pdu.id !== ALERT) from.respond({ command: "generic_nack" }, pdu, pdu.known ? INVALID_LENGTH : INVALID_COMMAND);
        break;
      default:
        from.respond({ command: "generic_nack" }, pdu, INVALID_COMMAND);
    }
  }
}
