/** Pure: when an event that was not taken is sent again. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds to wait after each failed attempt; the last one repeats. */
const WAITS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR] as const;

/** Seconds for which an event is tried before it is parked. */
export const GIVE_UP_SECONDS = 3 * 24 * HOUR;

/** The seconds to wait after so many failed attempts, the first being 1. */
export const waitAfter = (failures: number): number => WAITS[Math.min(Math.max(failures, 1), WAITS.length) - 1] ?? MINUTE;
