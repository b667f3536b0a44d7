import type { ErrorCode, Refused } from "#lib/errors";
import { addKeyIn, type KeyProblem, type NewKey, removeKeyIn, rotateKeyIn } from "#lib/keys/store";
import { fail, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Keys of other systems from the console: the rules of `npm run key`, with the guard of staff; the store writes the event of each act. */

const atFields: Record<Exclude<KeyProblem, "no_such_key">, Record<string, ErrorCode>> = {
  bad_name: { name: "invalid_input" },
  name_taken: { name: "name_in_use" },
  bad_scope: { scope: "required" },
  bad_country: { countries: "invalid_input" },
  bad_budget: { perDay: "invalid_input" },
  bad_overlap: { overlap: "invalid_input" },
};

const refusedBy = (problem: KeyProblem): Refused =>
  problem === "no_such_key" ? { code: "not_found" } : { code: "invalid_input", fields: atFields[problem] };

const asRefused = <T>(done: Result<T, KeyProblem>): Result<T, Refused> => (done.ok ? done : fail(refusedBy(done.error)));

/** Makes a key and returns its secret once. Refusals: those of `requireStaff`, and what is wrong at its field. */
export const addKeyAsStaff = (acting: Acting, key: NewKey): Promise<Result<string, Refused>> =>
  actAsStaff(acting, { act: "keys.add" }, async (tx, { by }) => asRefused(await addKeyIn(tx, key, by)));

/** Gives a key a new secret and returns it once. */
export const rotateKeyAsStaff = (acting: Acting, name: string, overlapHours: number): Promise<Result<string, Refused>> =>
  actAsStaff(acting, { act: "keys.rotate" }, async (tx, { by }) => asRefused(await rotateKeyIn(tx, name, overlapHours, by)));

/** Removes a key at once. */
export const removeKeyAsStaff = (acting: Acting, name: string): Promise<Result<null, Refused>> =>
  actAsStaff(acting, { act: "keys.remove" }, async (tx, { by }) => asRefused(await removeKeyIn(tx, name, by)));
