import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { canBeRead, contrast, grounds, nearestReadable, themes } from "#lib/policy/accent";

const colours = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

it("The surfaces are those of the pages.", () => {
  const css = readFileSync("app/styles/tokens.css", "utf8");
  for (const theme of themes)
    for (const [name, colour] of Object.entries(grounds[theme]))
      expect(css).toMatch(new RegExp(`--${name}: .*var\\(--${theme}, ${colour}\\)`));
});

it("Contrast is that of WCAG: 21 of black and white, 1 of a colour and itself.", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 1);
  expect(contrast("#1f3a5f", "#1f3a5f")).toBe(1);
});

it("The colour that is offered for any colour can be read, and a colour that can be read is offered itself.", () => {
  fc.assert(
    fc.property(colours, fc.constantFrom(...themes), (colour, theme) => {
      const offered = nearestReadable(colour, theme);
      expect(canBeRead(offered, theme)).toBe(true);
      if (canBeRead(colour, theme)) expect(offered).toBe(colour);
    }),
  );
});
