import pg from "pg";

type Taken = (error: Error | undefined, client: pg.PoolClient | undefined, release: (destroy?: boolean | Error) => void) => void;

const NOTHING = () => undefined;

/**
 * A pool whose callers wait in a line of their own for as long as it takes. The pool below is never asked for more connections than it has,
 * so `connectionTimeoutMillis` limits the making of a connection and not the wait for one.
 */
export class PatientPool extends pg.Pool {
  readonly #line: Taken[] = [];
  #out = 0;

  constructor(config: pg.PoolConfig & { max: number }) {
    super(config);
    this.on("release", () => this.#returned());
  }

  /** How many callers wait for a connection. */
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
        // What was not connected is not released either.
        if (!client) this.#returned();
        first(error, client, release);
      });
    }
  }

  #next(): Taken | undefined {
    return this.#out < this.options.max ? this.#line.shift() : undefined;
  }

  /** The pool takes its connection back after this event; the next caller is admitted when it has. */
  #returned(): void {
    this.#out -= 1;
    setImmediate(() => this.#admit());
  }
}
