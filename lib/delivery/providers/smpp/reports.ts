import { setTimeout as sleep } from "node:timers/promises";
import type { LostReason, Receipt, Surroundings } from "#lib/delivery/provider";

/** Milliseconds after which an unmatched receipt is reported again: it can arrive before the answer to its submit. */
const AGAIN = [1_000, 5_000];
/** Maximum receipts in progress; further ones are refused, so that the gateway sends them again. */
const UNDER_WAY = 1_000;
/** Maximum remembered long texts; the product's texts normally have one segment. */
const REMEMBERED = 1_000;

/** Reports receipts to the product; receipts of a long text's parts are combined under the id of its first part. */
export class Reports {
  readonly #surroundings: Pick<Surroundings, "report" | "lost">;
  readonly #again: readonly number[];
  readonly #parts = new Map<string, { ref: string; left: Set<string> }>();
  #underWay = 0;

  constructor(surroundings: Pick<Surroundings, "report" | "lost">, again: readonly number[] = AGAIN) {
    this.#surroundings = surroundings;
    this.#again = again;
  }

  /** Stores the ids of a long text's parts; the first is the id of the text. */
  remember(ids: readonly string[]): void {
    const text = { ref: ids[0] ?? "", left: new Set(ids) };
    for (const id of ids) this.#parts.set(id, text);
    for (const id of this.#parts.keys()) if (this.#parts.size > REMEMBERED) this.#parts.delete(id);
  }

  /** Accepts a receipt and reports it asynchronously; false when too many are in progress. */
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
      // A short database outage is handled like an attempt that is not stored yet.
      outcome = await this.#surroundings.report(whole).catch(() => "unavailable" as const);
      if (outcome === "recorded") return;
    }
    this.#surroundings.lost(outcome);
  }

  /** Combines the receipts of a text's parts: delivered with the last delivered part, failed with the first failed one. */
  #wholeOf(receipt: Receipt): Receipt | null {
    const parts = (receipt.names ?? []).flat().filter(({ name }) => this.#parts.has(name));
    const [part, ...others] = parts;
    const text = part && this.#parts.get(part.name);
    if (!text || others.length > 0) return receipt;
    if (receipt.status === "delivered") text.left.delete(part.name);
    return receipt.status === "delivered" && text.left.size > 0 ? null : { ...receipt, names: [[{ name: text.ref, sure: part.sure }]] };
  }
}
