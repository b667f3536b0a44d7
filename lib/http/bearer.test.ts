import { describe, expect, it } from "vitest";
import { cookieIn } from "#lib/http/bearer";

// The `__Host-` prefix protects only the exact cookie name, so similar names must not be read (SE-04, B14).

const NAME = "__Host-sekisho.session";

describe("A cookie", () => {
  it.each([
    ["alone", `${NAME}=right`],
    ["among others", `a=b; ${NAME}=right; c=d`],
    ["without a space between", `a=b;${NAME}=right;c=d`],
    ["the last of two alike", `${NAME}=wrong; ${NAME}=right`],
  ])("is found %s", (_, header) => expect(cookieIn(header, NAME)).toBe("right"));

  // A neighbouring server can set these names for a whole domain, although a browser would refuse the exact prefix.
  it.each([
    ..."\u00a0 \ufeff \u3000 \u2003 \u2028 \t \v \f".split(" ").map((space) => `${space}${NAME}=planted`),
    `${NAME}\u00a0=planted`,
    `x${NAME}=planted`,
    `x, ${NAME}=planted`,
    `"${NAME}=planted"`,
    `x=";${NAME.toLowerCase()}=planted"`,
  ])("is not taken from %j, and does not hide the real one", (planted) => {
    expect(cookieIn(planted, NAME)).toBeUndefined();
    expect(cookieIn(`${NAME}=right; ${planted}`, NAME)).toBe("right");
  });
});
