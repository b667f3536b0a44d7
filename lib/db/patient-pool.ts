import pg from "pg";

type Taken = (error: Error | undefined, client: pg.PoolClient | undefined, release: (destroy?: boolean | Error) => void) => void;

const NOTHING = () => undefined;

/**
 * A pool with its own queue, in which callers wait without a time limit. The underlying pool never gets more requests than it has connections, so
 * `connectionTimeoutMillis` limits the connecting and not the waiting.
 */
export class PatientPool extends pg.Pool {
  readonly #line: Taken[] = [];
  #out = 0;

  constructor(config: pg.PoolConfig & { max: number }) {
    super(config);
    this.on("release", () => this.#returned());
  }

  /** Returns the number of callers that wait for a connection. */
  get waiting(): number {
    return this.#line.length;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<pg.PoolClient> | undefined {
    if (callback) {
      this.#line.push(callback);
      this.#admit();
      return undefined;
    }
    return new Promise((resolve, reject) =>
      this.connect((error, client) => (client ? resolve(client) : reject(error ?? new Error("no connection")))),
    );
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    for (const taken of this.#line.splice(0)) taken(new Error("the pool has ended"), undefined, NOTHING);
    if (!callback) return super.end();
    super.end(callback);
    return undefined;
  }

  #admit(): void {
    for (let taken = this.#next(); taken; taken = this.#next()) {
      const first = taken;
      this.#out += 1;
      super.connect((error, client, release) => {
        // A failed connect takes no slot that a release would free.
        if (!client) this.#returned();
        first(error, client, release);
      });
    }
  }

  #next(): Taken | undefined {
    return this.#out < this.options.max ? this.#line.shift() : undefined;
  }

  /** The pool takes its connection back after this event, so the next caller is admitted after that. */
  #returned(): void {
    this.#out -= 1;
    setImmediate(() => this.#admit());
  }
}
