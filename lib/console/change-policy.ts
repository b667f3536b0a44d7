import { reasonOf } from "#lib/console/reason";
import { holding, readFacts } from "#lib/console/setup";
import type { Refused } from "#lib/errors";
import { setSettingIn } from "#lib/policy/change";
import { forgetSettings } from "#lib/policy/read";
import type { SettingName } from "#lib/policy/settings";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** A change of a setting as a person entered it. */
type Change = { name: SettingName; value: unknown; reason: string };

/**
 * Changes a setting as a member of staff. Refusals: a reason that is none, those of `requireStaff`, an invalid value at the field of its place, and
 * `not_allowed` with `no_change`, or with `facts_open` where public sign-up is held closed by what go-live asks for.
 */
export async function changePolicy(acting: Acting, { name, value, reason: typed }: Change): Promise<Result<null, Refused>> {
  const reason = reasonOf(typed);
  if (!reason.ok) return reason;
  const held = name === "publicSignUp" && value === true ? holding(await readFacts()) : [];
  const done: Result<null, Refused> = await actAsStaff(acting, { act: "policy.change", reason: reason.value }, async (tx, { by }) => {
    if (held.length > 0) return fail({ code: "not_allowed", reason: "facts_open" });
    const set = await setSettingIn(tx, name, value, by);
    if (!set.ok) {
      const at = set.error.problem === "invalid_value" ? set.error.at : "";
      return fail({ code: "invalid_input", fields: { [`${name}${at}`]: "invalid_input" } });
    }
    return set.value ? ok(null) : fail({ code: "not_allowed", reason: "no_change" });
  });
  if (done.ok) forgetSettings();
  return done;
}
