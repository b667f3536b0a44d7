import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

// A session that still needs a factor is redirected to /account/factors, so that page and its forms must accept it, or the redirects loop.

const read = (file: string) => readFileSync(`app/account/${file}`, "utf8");

it.each(["factors/page.tsx", "factors/app/page.tsx", "factors/passkey/page.tsx"])(
  "The page %s lets a session in that owes a factor",
  (file) => expect(read(file)).toMatch(/requireSession\(\{ enrolling: true/),
);

it.each([
  ["factors/actions.ts", "beginTotpAction"],
  ["factors/actions.ts", "confirmTotpAction"],
  ["step-up/actions.ts", "beginStepUpAction"],
])("The form of %s › %s takes a session that owes a factor", (file, name) => {
  const [, text = ""] = read(file).split(`function ${name}(`);
  expect(/tie: (\w+)/.exec(text)?.[1]).toBe("ofEnrollingSession");
});
