import { describe, expect, it } from "vitest";
import { authorOf } from "./author.ts";

const SUBJECT = "3f2b8c1e-0000-4000-8000-000000000001";

describe("The author of an event", () => {
  it.each([
    [`staff:${SUBJECT} (本人から申し出)`, { kind: "staff", id: SUBJECT, reason: "本人から申し出", about: null }],
    [`R-7K2M9PQR staff:${SUBJECT} (a (b) c)`, { kind: "staff", id: SUBJECT, reason: "a (b) c", about: "R-7K2M9PQR" }],
    ["sms JP cli:root", { kind: "cli", id: "root", reason: null, about: "sms JP" }],
    ["cli:root (incident)", { kind: "cli", id: "root", reason: "incident", about: null }],
    ["pwd sms", null],
    [null, null],
  ])("is read from %s", (method, author) => expect(authorOf(method)).toEqual(author));
});
