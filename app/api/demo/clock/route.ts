import { z } from "zod";
import { moveClock } from "#lib/demo/clock";
import { call, json } from "#lib/web/api";

/** A hundred years each way: enough for every expiry, and still a date that PostgreSQL can store. */
const FAR = 3_155_760_000;

export const POST = call(z.object({ offsetSeconds: z.number().int().min(-FAR).max(FAR) }), async ({ offsetSeconds }) =>
  json(await moveClock(offsetSeconds)),
);
