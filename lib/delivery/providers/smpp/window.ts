import type { Answer } from "#lib/delivery/providers/smpp/connection";
import type { Submit } from "#lib/delivery/providers/smpp/submit";

/** What became of a submit: the gateway's word, no word although it was written, or never written and why. */
export type Submitted =
  | { is: "answered"; status: number; messageId: string }
  | { is: "unknown" }
  | { is: "unsent"; why: "down" | "refused" | "full" };

type Send = (submit: Submit) => Promise<Answer>;
type Waiting = { submit: Submit; settle(outcome: Submitted): void; fail(error: unknown): void };

/** Submits that may wait: a worker has far fewer texts in its hands, so more would be a mistake somewhere. */
const LONGEST_QUEUE = 1_000;

/** An answer that is not one to a submit says nothing of the text; a refusal of any kind does. */
function read(answer: Answer): Submitted {
  if (answer === "silent" || answer === "lost") return { is: "unknown" };
  if (answer.command === "submit_sm_resp") return { is: "answered", status: answer.status, messageId: answer.messageId };
  return answer.status === 0 ? { is: "unknown" } : { is: "answered", status: answer.status, messageId: "" };
}

/** Submits in order: at most `size` without an answer, at most `throughput` a second (null: no such limit), the others wait. */
export class SubmitWindow {
  readonly #size: number;
  readonly #throughput: number | null;
  readonly #queue: Waiting[] = [];
  #send: Send | null = null;
  #outstanding = 0;
  #nextAt = 0;
  #pause: NodeJS.Timeout | null = null;
  #whenIdle: (() => void)[] = [];

  constructor(size: number, throughput: number | null) {
    this.#size = size;
    this.#throughput = throughput;
  }

  /** Submits in turn; one that still waits when `signal` ends is not sent. */
  submit(submit: Submit, signal: AbortSignal): Promise<Submitted> {
    if (signal.aborted) return Promise.resolve({ is: "unsent", why: "down" });
    if (this.#queue.length >= LONGEST_QUEUE) return Promise.resolve({ is: "unsent", why: "full" });
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        const at = this.#queue.indexOf(waiting);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        waiting.settle({ is: "unsent", why: "down" });
        this.#pump();
      };
      const waiting: Waiting = {
        submit,
        settle(outcome) {
          signal.removeEventListener("abort", giveUp);
          resolve(outcome);
        },
        fail: reject,
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#queue.push(waiting);
      this.#pump();
    });
  }

  /** Begins to send, over a session that is bound. */
  start(send: Send): void {
    this.#send = send;
    this.#pump();
  }

  /** There is no session any more: what waits is not sent. */
  stop(why: "down" | "refused"): void {
    this.#send = null;
    for (const waiting of this.#queue.splice(0)) waiting.settle({ is: "unsent", why });
    this.#pump();
  }

  /** Resolves when nothing waits and nothing is without an answer. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#send && this.#outstanding < this.#size && this.#queue.length > 0 && this.#paced()) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#outstanding += 1;
      void this.#send(next.submit)
        .then((answer) => next.settle(read(answer)), next.fail)
        .finally(() => {
          this.#outstanding -= 1;
          this.#pump();
        });
    }
    if (this.#outstanding === 0 && this.#queue.length === 0) for (const idle of this.#whenIdle.splice(0)) idle();
  }

  /** Whether the pace allows one more now; where it does not, the pump runs again when it does. */
  #paced(): boolean {
    if (this.#throughput === null) return true;
    const now = performance.now();
    if (now < this.#nextAt) {
      this.#pause ??= setTimeout(() => {
        this.#pause = null;
        this.#pump();
      }, this.#nextAt - now);
      return false;
    }
    this.#nextAt = Math.max(this.#nextAt, now) + 1000 / this.#throughput;
    return true;
  }
}
