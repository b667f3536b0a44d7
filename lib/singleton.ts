/**
 * One instance per process under a name: this code is loaded twice in a server process (by Node for the front door and
 * the worker, and again inside Next's bundles), and pools, semaphores and key rings must not be.
 */
export function singleton<T>(name: string, create: () => T): T {
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`sekisho.${name}`);
  store[key] ??= create();
  return store[key];
}
