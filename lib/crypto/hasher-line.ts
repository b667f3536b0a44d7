/** The line before the password hasher: three ranks, and within a rank one turn for each key, so that no key takes the places of the others. */

/** Where a piece of work stands: known devices first, what is refused whatever was typed last; `key` is the address it comes from. */
export type Place = { first?: boolean; last?: boolean; key?: string };

type Waiter = { go(): void; refuse(): void };

const rankOf = ({ first, last }: Place): 0 | 1 | 2 => (first ? 0 : last ? 2 : 1);

export class HasherLine {
  readonly #ranks = [new Map<string, Waiter[]>(), new Map<string, Waiter[]>(), new Map<string, Waiter[]>()] as const;
  readonly #most: number;
  #waiting = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves to true at its turn, and to false where the line is full and this work has no better claim than those in it. */
  join(place: Place): Promise<boolean> {
    const rank = rankOf(place);
    const key = place.key ?? "";
    if (this.#waiting >= this.#most && !this.#makeRoom(rank, this.#ranks[rank].get(key)?.length ?? 0)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter = { go: () => resolve(true), refuse: () => resolve(false) };
      const own = this.#ranks[rank].get(key);
      if (own) own.push(waiter);
      else this.#ranks[rank].set(key, [waiter]);
      this.#waiting += 1;
    });
  }

  /** Lets the next one go: the best rank, and in it the key whose turn is longest ago; false when the line is empty. */
  next(): boolean {
    for (const rank of this.#ranks)
      for (const [key, waiters] of rank) {
        const waiter = waiters.shift();
        rank.delete(key);
        if (waiters.length > 0) rank.set(key, waiters);
        if (!waiter) continue;
        this.#waiting -= 1;
        waiter.go();
        return true;
      }
    return false;
  }

  /** Sends away the latest of the key that has most in a worse rank, or, in the same rank, of one with more than the newcomer's key. */
  #makeRoom(rank: number, own: number): boolean {
    for (let from = this.#ranks.length - 1; from >= rank; from -= 1) {
      const line = this.#ranks[from] ?? new Map<string, Waiter[]>();
      const [key, most] = [...line].reduce<[string, Waiter[]]>((a, b) => (b[1].length > a[1].length ? b : a), ["", []]);
      if (most.length === 0 || (from === rank && most.length <= own + 1)) continue;
      most.pop()?.refuse();
      if (most.length === 0) line.delete(key);
      this.#waiting -= 1;
      return true;
    }
    return false;
  }
}
