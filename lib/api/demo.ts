import { z } from "zod";
import { call, json, problem, read } from "#lib/api/call";
import { canonicalIdentifier } from "#lib/authenticators/identifier";
import { moveClock } from "#lib/demo/clock";
import { demoAddress, demoMessages } from "#lib/demo/inbox";
import { demoArrivals, demoMessageAfter } from "#lib/demo/wait";

/** What the clock's column holds, sixty-eight years each way: enough for every expiry, and still a date that PostgreSQL can store. */
const FAR = 2_147_483_647;

/** `POST /api/demo/clock`: moves the product's clock. */
export const clock = call(z.object({ offsetSeconds: z.number().int().min(-FAR).max(FAR) }), async ({ offsetSeconds }) =>
  json(await moveClock(offsetSeconds)),
);

/** The longest a caller may wait for a message, in seconds. */
const LONGEST_WAIT = 20;

/** `GET /api/demo/messages`: what arrived at the demo network, waiting for it where asked to. */
export const messages = read(async ({ query, gone }) => {
  if (new Set(query.keys()).size < query.size) return problem({ code: "invalid_input" });
  const to = query.get("to");
  const after = query.get("after") ? new Date(query.get("after") ?? "") : null;
  const wait = Number(query.get("wait") ?? 0);
  // PostgreSQL stores no moment as old as a JavaScript date can be.
  if ((after && !(after.getUTCFullYear() >= 0)) || !(wait >= 0 && wait <= LONGEST_WAIT)) return problem({ code: "invalid_input" });
  const address = to === null ? null : canonicalIdentifier(to.replace(/^ /, "+")).value;
  const deadline = Date.now() + wait * 1000;
  for (;;) {
    const seen = wait > 0 ? await demoArrivals() : 0;
    const found = await demoMessages(address, after);
    const left = deadline - Date.now();
    if (found.length > 0 || left <= 0 || gone()) return json(found);
    // Never longer than a second without looking: a notification that was lost costs a second, not the whole wait.
    await demoMessageAfter(address === null ? null : demoAddress(address), seen, Math.min(left, 1_000));
  }
});
