import { describe, expect, test } from "vitest";
import { deliveryErrors } from "#lib/errors";
import { en } from "./en.ts";
import { ja } from "./ja.ts";
import { reasonOf } from "./reason.ts";

const BY_CALL = /自動音声の電話|automated call/i;

describe.each([ja, en])("why a message did not arrive", (words) => {
  test.each(deliveryErrors)("%s advises a call only where one is offered", (reason) => {
    expect(reasonOf(reason, { voice: false, calls: false }, words)).not.toMatch(BY_CALL);
    const takesCalls = ["landline", "refused_by_subscriber", "no_sms_service"].includes(reason);
    expect(BY_CALL.test(reasonOf(reason, { voice: false, calls: true }, words))).toBe(takesCalls);
  });

  test.each(deliveryErrors)("%s of a call speaks of no text and not of a phone that is off", (reason) => {
    if (!["landline", "no_sms_service", "refused_by_subscriber", "not_reachable"].includes(reason)) return;
    const said = reasonOf(reason, { voice: true, calls: true }, words);
    if (reason === "not_reachable" || reason === "refused_by_subscriber") expect(said).not.toMatch(/SMS|text|圏外|out of reach/);
  });
});
