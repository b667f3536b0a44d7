import { setTimeout as sleep } from "node:timers/promises";
import type { LostReason, Receipt, Surroundings } from "#lib/delivery/provider";

/** Milliseconds after which a receipt that nobody knows yet is reported again: it may be faster than the answer it belongs to. */
const AGAIN = [1_000, 5_000];
/** Receipts that may be on their way to the database; what comes on top is for the gateway to bring again. */
const UNDER_WAY = 1_000;
/** Long texts whose parts are remembered; ours are one segment as a rule. */
const REMEMBERED = 1_000;

/** Receipts on their way to the product, those of a long text's parts brought together under the name of its first. */
export class Reports {
  readonly #surroundings: Pick<Surroundings, "report" | "lost">;
  readonly #again: readonly number[];
  readonly #parts = new Map<string, { ref: string; left: Set<string> }>();
  #underWay = 0;

  constructor(surroundings: Pick<Surroundings, "report" | "lost">, again: readonly number[] = AGAIN) {
    this.#surroundings = surroundings;
    this.#again = again;
  }

  /** Remembers the parts of a long text by their ids, the first of which is the text's own. */
  remember(ids: readonly string[]): void {
    const text = { ref: ids[0] ?? "", left: new Set(ids) };
    for (const id of ids) this.#parts.set(id, text);
    for (const id of this.#parts.keys()) if (this.#parts.size > REMEMBERED) this.#parts.delete(id);
  }

  /** Takes a receipt and reports it in its own time; false when there are too many already. */
  take(receipt: Receipt): boolean {
    if (this.#underWay >= UNDER_WAY) return false;
    this.#underWay += 1;
    void this.#bring(receipt).finally(() => {
      this.#underWay -= 1;
    });
    return true;
  }

  async #bring(receipt: Receipt): Promise<void> {
    let outcome: "recorded" | LostReason = "unmatched";
    for (const pause of [0, ...this.#again]) {
      if (pause > 0) await sleep(pause, undefined, { ref: false });
      const whole = this.#wholeOf(receipt);
      if (!whole) return;
      // A database that is away for a moment is like an attempt that is not there yet.
      outcome = await this.#surroundings.report(whole).catch(() => "unavailable" as const);
      if (outcome === "recorded") return;
    }
    this.#surroundings.lost(outcome);
  }

  /** What a part's receipt says of its text: it arrived with its last part, and did not arrive with the first that did not. */
  #wholeOf(receipt: Receipt): Receipt | null {
    const parts = (receipt.names ?? []).flat().filter(({ name }) => this.#parts.has(name));
    const [part, ...others] = parts;
    const text = part && this.#parts.get(part.name);
    if (!text || others.length > 0) return receipt;
    if (receipt.status === "delivered") text.left.delete(part.name);
    return receipt.status === "delivered" && text.left.size > 0 ? null : { ...receipt, names: [[{ name: text.ref, sure: part.sure }]] };
  }
}
