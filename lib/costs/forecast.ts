/** Pure: what a month will cost, from the days of it that are over and the days before it. */

/** One day: its ISO date and its yen. */
export type Day = { day: string; yen: number };

/** Yen until now, and the whole month with the range in which four of five months like this end. */
export type Forecast = { spent: number; expected: number; low: number; high: number };

const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? 0 : numbers.reduce((a, b) => a + b, 0) / numbers.length);

/** The 10th percentile of the normal distribution. */
const Z80 = 1.2816;

/**
 * The cost of a month: its days so far, and for each day to come the mean of the same weekday within the last eight weeks; the range follows from how
 * much such days differ. Null without a week of data, because nothing can be said then.
 */
export function forecastMonth(days: readonly Day[], today: string): Forecast | null {
  const month = today.slice(0, 7);
  const [year = 0, index = 0] = month.split("-").map(Number);
  const length = new Date(Date.UTC(year, index, 0)).getUTCDate();
  const over = days.filter(({ day }) => day < today).slice(-56);
  if (over.length < 7) return null;
  const spent = days.filter(({ day }) => day.startsWith(month) && day <= today).reduce((sum, { yen }) => sum + yen, 0);
  const usual = mean(over.map(({ yen }) => yen));
  let [expected, variance] = [spent, 0];
  for (let date = Number(today.slice(8, 10)) + 1; date <= length; date++) {
    const day = `${month}-${String(date).padStart(2, "0")}`;
    const alike = over.filter((one) => weekday(one.day) === weekday(day)).map(({ yen }) => yen);
    const likely = alike.length > 0 ? mean(alike) : usual;
    expected += likely;
    const others = alike.length > 1 ? alike : over.map(({ yen }) => yen);
    variance += mean(others.map((yen) => (yen - likely) ** 2));
  }
  const spread = Z80 * Math.sqrt(variance);
  const rounded = (yen: number) => Math.round(yen);
  return {
    spent: rounded(spent),
    expected: rounded(expected),
    low: rounded(Math.max(spent, expected - spread)),
    high: rounded(expected + spread),
  };
}
