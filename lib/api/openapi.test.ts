import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { challenge, session } from "#lib/api/contract/schemas";
import { described, routeAt, table } from "#lib/api/contract/table";
import { openapi } from "#lib/api/openapi";
import type { ChallengeView } from "#lib/challenges/challenge";
import { httpStatus } from "#lib/errors";
import type { SessionView } from "#lib/sessions/session";

type Operation = { responses: Record<string, { content?: Record<string, { schema: { allOf?: [unknown, Refusal] } }> }> };
type Refusal = { properties: { status: { const: number }; code: { enum: string[] } } };
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: object } };
const document = openapi(described) as Document;

describe("The OpenAPI document", () => {
  it("is valid OpenAPI 3.1 by a validator that is not ours", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("is valid for the calls of the demo and of providers too, whose placeholders are parameters", async () => {
    const of = table.filter(({ path }) => !path.startsWith("/api/v1/")).map((one) => ({ ...one, path: `/api/v1${one.path}` }));
    expect(await new Validator().validate(structuredClone(openapi(of)))).toEqual({ valid: true });
  });

  it("has a component for each shared schema, and no reference to anything else", () => {
    const components = [
      "assertion",
      "attestation",
      "challenge",
      "passkey",
      "passkeyMaking",
      "passkeySigning",
      "phone",
      "problem",
      "session",
      "verification",
    ];
    expect(Object.keys(document.components.schemas).sort()).toEqual(components);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
    expect([...new Set(refs)].sort()).toEqual(components.map((name) => `#/components/schemas/${name}`));
    expect(JSON.stringify(document)).not.toMatch(/\$defs|"id":"(?:challenge|phone|session|problem)"/);
  });

  it.each(described)(
    "names for $method $path each code that it refuses with, under the status of that code",
    ({ method, path, refusals }) => {
      const responses = document.paths[path.slice("/api/v1".length)]?.[method.toLowerCase()]?.responses ?? {};
      for (const code of [...refusals, "unavailable" as const]) {
        const said = responses[httpStatus[code]]?.content?.["application/problem+json"]?.schema.allOf?.[1];
        expect(said?.properties.code.enum, code).toContain(code);
        expect(said?.properties.status.const, code).toBe(httpStatus[code]);
      }
    },
  );

  it("refuses unknown fields of a body as the calls do", () => {
    const bodies = JSON.stringify(document).match(/"requestBody":\{.*?"additionalProperties":false/g);
    expect(bodies).toHaveLength(table.filter(({ path, body }) => path.startsWith("/api/v1/") && body).length);
  });
});

describe("The answers' schemas", () => {
  it("agree both ways with the types of the use cases", () => {
    expectTypeOf<z.output<typeof challenge>>().toExtend<ChallengeView>();
    expectTypeOf<ChallengeView>().toExtend<z.output<typeof challenge>>();
    type Shown = Omit<SessionView, "sessionId" | "nextStep" | "announced" | "restriction">;
    expectTypeOf<z.output<typeof session>>().toExtend<Shown>();
    expectTypeOf<keyof Shown | "next" | "restrictedUntil">().toEqualTypeOf<keyof z.output<typeof session>>();
  });
});

describe("The table", () => {
  it("answers each of its paths by its own route alone", () => {
    for (const { path, method, policy, handler } of table) {
      const route = routeAt(path.replace(/\{\w+\}/g, "some-name"));
      expect(route?.handlers?.[method], path).toBe(handler);
      expect(route?.policy, path).toBe(policy);
      for (const other of [`${path}/`, `${path}x/y`, path.toUpperCase(), `x${path}`]) expect(routeAt(other), other).toBeUndefined();
    }
  });

  it("reads the placeholders of a path, and takes none of them for its name", () => {
    expect(routeAt("/api/receipts/acme/voice")?.params).toEqual({ account: "acme" });
    expect(routeAt("/api/receipts/{account}")?.params).toEqual({ account: "{account}" });
    for (const path of ["/api/receipts", "/api/receipts/", "/api/receipts/a/b", "/api/v1/openapiXjson"])
      expect(routeAt(path), path).toBeUndefined();
  });
});
