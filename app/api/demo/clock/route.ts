import { z } from "zod";
import { moveClock } from "#lib/demo/clock";
import { call, json } from "#lib/web/api";

/** What the clock's column holds, sixty-eight years each way: enough for every expiry, and still a date that PostgreSQL can store. */
const FAR = 2_147_483_647;

export const POST = call(z.object({ offsetSeconds: z.number().int().min(-FAR).max(FAR) }), async ({ offsetSeconds }) =>
  json(await moveClock(offsetSeconds)),
);
