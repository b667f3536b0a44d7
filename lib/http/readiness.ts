const FRESH_MS = 1000;
const LONGEST_MS = 2500;

/**
 * Wraps `check` so that it runs at most once a second; any result but `true` within 2.5 s means not ready. Anyone may call the health endpoint,
 * which must not become a way to load the database.
 */
export function readinessOf(check: () => Promise<boolean>): () => Promise<boolean> {
  let asked: { at: number; answer: Promise<boolean> } | undefined;
  return () => {
    if (!asked || performance.now() - asked.at > FRESH_MS) asked = { at: performance.now(), answer: bounded(check) };
    return asked.answer;
  };
}

function bounded(check: () => Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), LONGEST_MS);
    Promise.resolve()
      .then(check)
      .then(
        (ready) => resolve(ready),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
