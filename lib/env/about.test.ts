import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseEnv } from "#lib/env";
import { about } from "#lib/env/about";
import { budgetRings } from "#lib/limits/policy";
import { configurationPage, envExample } from "../../scripts/machine/configuration.ts";

const file = (...path: string[]) => readFileSync(join(import.meta.dirname, "..", "..", ...path), "utf8");

it("docs/configuration.md is what npm run configuration makes of the schema", () =>
  expect(file("docs", "configuration.md")).toBe(configurationPage()));

it(".env.example is what npm run configuration makes of the schema", () => expect(file(".env.example")).toBe(envExample()));

it("The example with its lines uncommented is a configuration that starts", () => {
  const lines = [...envExample().matchAll(/^# ([A-Z_0-9]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  expect(lines).toHaveLength(Object.keys(about).length);
  const required = { DATABASE_URL: "postgres://later", APP_KEYS: `later:${"A1".repeat(22)}` };
  expect(parseEnv({ ...Object.fromEntries(lines), ...required })).toEqual(parseEnv(required));
});

it("The budgets of sends are described with the numbers that hold when they are unset", () => {
  const { sendsPerDay, sendsPerCountry } = budgetRings({ SENDS_KEPT_PERCENT: 30 } as never);
  expect([about.SENDS_PER_DAY.unset, about.SENDS_PER_COUNTRY_HOUR.unset]).toEqual([`${sendsPerDay.max}`, `${sendsPerCountry.max}`]);
});
