import { z } from "zod";
import { answer, operation } from "#lib/api/operation";
import { canonicalIdentifier } from "#lib/authenticators/identifier";
import { DeliveryStatus } from "#lib/db/generated/enums";
import { moveClock } from "#lib/demo/clock";
import { demoAddress, demoMessages } from "#lib/demo/inbox";
import { demoArrivals, demoMessageAfter } from "#lib/demo/wait";
import { deliveryErrors } from "#lib/errors";
import { routePolicies } from "#lib/http/policy";
import { fail } from "#lib/result";

/** The calls of demo mode. */

/** The range of the clock's column, 68 years in each direction: longer than every expiry, and still a date that PostgreSQL can store. */
const FAR = 2_147_483_647;

const clock = operation({
  method: "POST",
  path: "/api/demo/clock",
  summary: "Move the product's clock.",
  policy: routePolicies.demo,
  body: z.object({ offsetSeconds: z.number().int().min(-FAR).max(FAR) }),
  answers: { 200: { says: "The product's time.", schema: z.object({ offsetSeconds: z.int(), now: z.iso.datetime() }) } },
  refusals: [],
  run: async ({ offsetSeconds }) => answer(200, await moveClock(offsetSeconds)),
});

/** Maximum wait for a message, in seconds. */
const LONGEST_WAIT = 20;

const message = z.object({
  id: z.uuid(),
  to: z.string(),
  channel: z.enum(["sms", "voice", "email"]),
  text: z.string(),
  code: z.string().nullable(),
  link: z.string().nullable(),
  greeting: z.string().nullable(),
  reference: z.string().nullable(),
  stopCode: z.string().nullable(),
  undoCode: z.string().nullable(),
  statusCode: z.string().nullable(),
  status: z.enum(DeliveryStatus),
  reason: z.enum(deliveryErrors).nullable(),
  at: z.iso.datetime(),
});

const messages = operation({
  method: "GET",
  path: "/api/demo/messages",
  summary: "What arrived at the demo network, newest first, waiting for it where asked to.",
  policy: routePolicies.demo,
  parameters: [
    { in: "query", name: "to", schema: z.string(), says: "An E.164 number or an e-mail address; all of them by default." },
    { in: "query", name: "after", schema: z.string(), says: "Only messages after this moment (ISO 8601)." },
    { in: "query", name: "wait", schema: z.number().min(0).max(LONGEST_WAIT), says: "Seconds to wait for a first message." },
  ],
  answers: { 200: { says: "The messages.", schema: z.array(message) } },
  refusals: ["invalid_input"],
  run: async (_, { query, gone }) => {
    if (new Set(query.keys()).size < query.size) return fail({ code: "invalid_input" });
    const to = query.get("to");
    const after = query.get("after") ? new Date(query.get("after") ?? "") : null;
    const wait = Number(query.get("wait") ?? 0);
    // PostgreSQL cannot store the earliest dates of JavaScript.
    if ((after && !(after.getUTCFullYear() >= 0)) || !(wait >= 0 && wait <= LONGEST_WAIT)) return fail({ code: "invalid_input" });
    const address = to === null ? null : canonicalIdentifier(to.replace(/^ /, "+")).value;
    return answer(200, await arrived(address, after, wait, gone));
  },
});

/** Returns the messages after a time as soon as there is one, or after `wait` seconds. */
async function arrived(address: string | null, after: Date | null, wait: number, gone: () => boolean) {
  const deadline = Date.now() + wait * 1000;
  for (;;) {
    const seen = wait > 0 ? await demoArrivals() : 0;
    const found = await demoMessages(address, after);
    const left = deadline - Date.now();
    if (found.length > 0 || left <= 0 || gone()) return found;
    // Polls at least once a second, so that a lost notification costs only a second.
    await demoMessageAfter(address === null ? null : demoAddress(address), seen, Math.min(left, 1_000));
  }
}

export const demoOperations = [clock, messages];
