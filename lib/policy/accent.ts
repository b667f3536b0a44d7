/** Pure: whether a service's accent colour can be read on the product's surfaces (WCAG 2.2, 1.4.3: 4.5:1), and the nearest one that can. */

export const themes = ["day", "night"] as const;
export type Theme = (typeof themes)[number];

/** The surfaces on which the accent stands as text, as in app/styles/tokens.css. */
export const grounds: Record<Theme, Record<string, string>> = {
  day: { paper: "#f6f2e8", surface: "#fffdf8", sunk: "#f3eee2", "haze-1": "#ece5d5" },
  night: { paper: "#14120e", surface: "#1d1a15", sunk: "#16140f", bubble: "#322c23" },
};

/** The least contrast of text. */
const LEAST = 4.5;

/** A colour as `#rrggbb` in lower case. */
export const COLOUR = /^#[0-9a-f]{6}$/;

const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Relative luminance of sRGB, 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The least contrast of a colour with the surfaces of a theme. */
export const contrastIn = (colour: string, theme: Theme): number =>
  Math.min(...Object.values(grounds[theme]).map((ground) => contrast(colour, ground)));

/** Whether a colour can be read on every surface of a theme. */
export const canBeRead = (colour: string, theme: Theme): boolean => contrastIn(colour, theme) >= LEAST;

/** The colour nearest to this one that can be read in a theme: darker by day, lighter by night, in hundredths. */
export function nearestReadable(colour: string, theme: Theme): string {
  const to = theme === "day" ? 0 : 255;
  const mixed = Array.from({ length: 101 }, (_, step) =>
    channels(colour)
      .map((value) => Math.round(value + ((to - value) * step) / 100))
      .reduce((text, value) => text + value.toString(16).padStart(2, "0"), "#"),
  );
  return mixed.find((one) => canBeRead(one, theme)) ?? (theme === "day" ? "#000000" : "#ffffff");
}
