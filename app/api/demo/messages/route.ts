import { canonicalIdentifier } from "#lib/accounts/find-account";
import { demoMessages } from "#lib/demo/inbox";
import { demoMessageOr } from "#lib/demo/wait";
import { json, problem, read } from "#lib/web/api";

/** The longest a caller may wait for a message, in seconds. */
const LONGEST_WAIT = 20;

export const GET = read(async (request) => {
  const query = new URL(request.url).searchParams;
  const to = query.get("to");
  const after = query.get("after") ? new Date(query.get("after") ?? "") : null;
  const wait = Number(query.get("wait") ?? 0);
  // PostgreSQL stores no moment as old as a JavaScript date can be.
  if ((after && !(after.getUTCFullYear() >= 0)) || !(wait >= 0 && wait <= LONGEST_WAIT)) return problem({ code: "invalid_input" });
  const address = to === null ? null : canonicalIdentifier(to.replace(/^ /, "+")).value;
  const deadline = Date.now() + wait * 1000;
  for (;;) {
    const messages = await demoMessages(address, after);
    const left = deadline - Date.now();
    if (messages.length > 0 || left <= 0 || request.signal.aborted) return json(messages);
    // Never longer than a second without looking: a notification that was missed costs a second, not the whole wait.
    await demoMessageOr(Math.min(left, 1_000));
  }
});
