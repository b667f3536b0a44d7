import { expect, test } from "vitest";
import { ownMethod } from "./own-method.ts";

test.each([
  ["case.approved", "R-7K2M9PQR staff:0b1e (called back)", "R-7K2M9PQR"],
  ["case.requested", "R-7K2M9PQR", "R-7K2M9PQR"],
  ["role.granted", "support staff:0b1e", "support"],
  ["role.revoked", "staff:0b1e", null],
  ["account.suspended", "cli:root (asked by telephone)", null],
  ["session.opened", "pwd sms", "pwd sms"],
  ["session.ended", null, null],
])("The owner of an account reads of %s %s: %s", (event, method, expected) => expect(ownMethod(event, method)).toBe(expected));
