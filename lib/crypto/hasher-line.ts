/** The queue of the password hasher: three priorities, and round-robin between keys within one, so that no key starves the others. */

/** The priority of a piece of work: known devices first, already rejected attempts last; `key` is its client address. */
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

  /** Resolves to true at its turn, or to false when the queue is full and this work has no higher claim than the queued work. */
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

  /** Starts the next work: the best priority, and within it the key that was served longest ago; false when the queue is empty. */
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

  /** Evicts the newest work of the largest key in a lower priority, or in the same priority if that key has more work than the newcomer's. */
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
