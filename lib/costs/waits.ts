/** Pure: seconds until delivery, counted within spans so that percentiles of many days need no list of every message. */

/** Where a span begins, in seconds; the first one begins at 0 and the last one has no end. */
export const WAIT_BOUNDS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 300, 600] as const;

/** How many arrived within each span; what is missing is 0. */
export type Waits = Record<number, number>;

/** The seconds within which a share (0 to 1) of the messages arrived, as if those of a span were spread evenly over it; null without any. */
export function percentileOf(waits: Waits, share: number): number | null {
  const spans = Object.entries(waits)
    .map(([span, count]) => [Number(span), count] as const)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b);
  const all = spans.reduce((sum, [, count]) => sum + count, 0);
  let left = all * share;
  for (const [span, count] of spans) {
    const from = span === 0 ? 0 : (WAIT_BOUNDS[span - 1] ?? 0);
    const to = WAIT_BOUNDS[span] ?? from;
    if (left <= count) return from + ((to - from) * left) / count;
    left -= count;
  }
  return null;
}
