import { describe, expect, test } from "vitest";
import { deliveryErrors } from "#lib/errors";
import { en } from "./en.ts";
import { ja } from "./ja.ts";
import { reasonOf } from "./reason.ts";

const BY_CALL = /自動音声の電話|automated call/i;

describe.each([ja, en])("Why a message did not arrive", (words) => {
  test.each(deliveryErrors)("%s advises a call only where one is offered", (reason) => {
    expect(reasonOf(reason, { voice: false, calls: false }, words)).not.toMatch(BY_CALL);
    const takesCalls = ["landline", "refused_by_subscriber", "no_sms_service"].includes(reason);
    expect(BY_CALL.test(reasonOf(reason, { voice: false, calls: true }, words))).toBe(takesCalls);
  });

  test.each(["not_reachable", "refused_by_subscriber"] as const)(
    "%s of a call speaks of no text and not of a phone that is off",
    (reason) => {
      expect(reasonOf(reason, { voice: true, calls: true }, words)).not.toMatch(/SMS|text|圏外|out of reach/);
    },
  );
});
