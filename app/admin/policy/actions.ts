"use server";

import { z } from "zod";
import { changePolicy } from "#lib/console/change-policy";
import { fieldAt, policyFields, settingFrom } from "#lib/console/policy-fields";
import { type SettingName, settingNames } from "#lib/policy/settings";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const schema = policyFields.extend({ setting: z.enum(settingNames as [SettingName, ...SettingName[]]), reason: z.string().max(2000) });

/** Changes one setting; what is wrong with its value is said beside the field of its place. */
export async function changePolicyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofSession, previous, form }, async ({ setting, reason, ...fields }, { session }) => {
    const changed = await changePolicy(actingOf(session), { name: setting, value: settingFrom(setting, fields), reason });
    if (changed.ok) return ok(`/admin/policy?done=${setting}`);
    const { error } = changed;
    if (error.code === "not_allowed") return ok(`/admin/policy?refused=${error.reason ?? error.code}`);
    if (error.code === "step_up_required") return ok(`/admin/policy?setting=${setting}`);
    const wrong = Object.entries(error.fields ?? {}).map(([place, code]) => [fieldAt(place, fields), code]);
    return { ok: false, error: { ...error, fields: Object.fromEntries(wrong) } };
  });
}
