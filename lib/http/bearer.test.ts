import { describe, expect, it } from "vitest";
import { cookieIn } from "#lib/http/bearer";

// A cookie that only looks like one of ours is none: the `__Host-` of our names is worth what the browser saw of it (SE-04, B14).

const NAME = "__Host-sekisho.session";

describe("a cookie", () => {
  it.each([
    ["alone", `${NAME}=right`],
    ["among others", `a=b; ${NAME}=right; c=d`],
    ["without a space between", `a=b;${NAME}=right;c=d`],
    ["the last of two alike", `${NAME}=wrong; ${NAME}=right`],
  ])("is found %s", (_, header) => expect(cookieIn(header, NAME)).toBe("right"));

  // A server sets these for a whole domain, where a browser would refuse the prefix itself.
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
