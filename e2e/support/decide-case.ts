import { transaction } from "#lib/db/sql";
import { approveCase, rejectCase, resumeCase, reviewCase } from "#lib/recovery/decide";
import { lockCase } from "#lib/recovery/rows";

/** `node decide-case.ts REFERENCE ACT…`: decides on a lost-phone case as the console does, without its guards: `review`, `approve`, `reject`, `resume`. */

const [reference = "", ...acts] = process.argv.slice(2);
const step = { author: { subject: null, by: "test" }, reason: "by a test" };

for (const act of acts)
  await transaction(async (tx) => {
    const row = await lockCase(tx, { reference });
    if (!row) throw new Error(`there is no case ${reference}`);
    const decided =
      act === "review"
        ? await reviewCase(tx, row, { ...step, checks: ["history"] })
        : await { approve: approveCase, reject: rejectCase, resume: resumeCase }[act as "approve"](tx, row, step);
    if (!decided.ok) throw new Error(`${act}: ${JSON.stringify(decided.error)}`);
  });
process.exit(0);
