/** Replaces the `{name}` placeholders of a text; for the browser, which does not load next-intl. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));

/** Formats seconds in words: "45 seconds", "15分"; rounded up, so that the stated wait suffices. */
export function spokenWait(seconds: number, locale: string): string {
  const [value, unit] = seconds < 90 ? [seconds, "second"] : seconds < 5_400 ? [seconds / 60, "minute"] : [seconds / 3_600, "hour"];
  const text = new Intl.NumberFormat(locale, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(
    Math.max(1, Math.ceil(Number(value))),
  );
  // Japanese has no space between a number and its counter.
  return locale === "ja" ? text.replace(" ", "") : text;
}

/** Formats seconds as a countdown: `0:36`. */
export const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.max(0, seconds) % 60).padStart(2, "0")}`;
