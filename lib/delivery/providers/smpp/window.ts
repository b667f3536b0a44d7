import type { SmppAnswer } from "#lib/delivery/providers/smpp/connection";
import type { Submit } from "#lib/delivery/providers/smpp/submit";

/** The result of a submit: the gateway's answer, written without an answer, or not written with the reason. */
export type Submitted =
  | { is: "answered"; status: number; messageId: string }
  | { is: "unknown" }
  | { is: "unsent"; why: "down" | "refused" | "full" };

type Send = (submit: Submit) => Promise<SmppAnswer>;
type Waiting = { submit: Submit; settle(outcome: Submitted): void; fail(error: unknown): void };

/** Maximum waiting submits; a worker has far fewer texts, so more indicate a bug. */
const LONGEST_QUEUE = 1_000;

/** Reads the answer to a submit: an answer of another command says nothing about the text, a refusal of any kind does. */
function read(answer: SmppAnswer): Submitted {
  if (answer === "silent" || answer === "lost") return { is: "unknown" };
  if (answer.command === "submit_sm_resp") return { is: "answered", status: answer.status, messageId: answer.messageId };
  return answer.status === 0 ? { is: "unknown" } : { is: "answered", status: answer.status, messageId: "" };
}

/** Sends submits in order: at most `size` unanswered, at most `throughput` per second (null: unlimited); the others wait. */
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

  /** Submits in turn; a submit still waiting when `signal` ends is not sent. */
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

  /** Starts sending over a bound session. */
  start(send: Send): void {
    this.#send = send;
    this.#pump();
  }

  /** Stops sending without a session; waiting submits are not sent. */
  stop(why: "down" | "refused"): void {
    this.#send = null;
    for (const waiting of this.#queue.splice(0)) waiting.settle({ is: "unsent", why });
    this.#pump();
  }

  /** Resolves when no submit is waiting or unanswered. */
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

  /** Returns true if the rate allows another submit now; otherwise schedules the next run. */
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
