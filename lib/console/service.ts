import { reasonOf } from "#lib/console/reason";
import type { ErrorCode, Refused } from "#lib/errors";
import { COLOUR, canBeRead, type Theme } from "#lib/policy/accent";
import { setSettingIn } from "#lib/policy/change";
import { keepLogo, logoProblem } from "#lib/policy/logo";
import { forgetSettings, readSettings } from "#lib/policy/read";
import type { Settings } from "#lib/policy/settings";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Whose service this is, as an administrator enters it: the setting `service` with its logo. */

/** The fields of the form; an empty one is as the environment says. */
export const serviceFields = [
  ...["name", "contact", "termsUrl", "termsVersion", "privacyUrl", "privacyVersion"],
  ...["senderNumber", "accentDay", "accentNight"],
] as const;
export type ServiceField = "name" | "contact" | `${"terms" | "privacy"}${"Url" | "Version"}` | "senderNumber" | `accent${"Day" | "Night"}`;

type Typed = Partial<Record<ServiceField, string | undefined>>;

/** The file of the form: a new logo, none, or the one that is shown. */
export type TypedLogo = Uint8Array | "remove" | "keep";

const textOf = (typed: string | undefined): string | null => typed?.trim() || null;

/** A colour as people type it: with or without #, three or six digits, in any case. */
function colourOf(typed: string | undefined): string | null {
  const text = textOf(typed)?.normalize("NFKC").toLowerCase().replace(/^#?/, "#") ?? null;
  return text?.replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/, "#$1$1$2$2$3$3") ?? null;
}

/** The colours of the form that a theme could not show readably. */
export function unreadableIn(typed: Typed): { field: ServiceField; theme: Theme; colour: string }[] {
  const both = [
    { field: "accentDay", theme: "day", colour: colourOf(typed.accentDay) },
    { field: "accentNight", theme: "night", colour: colourOf(typed.accentNight) },
  ] as const;
  return both.flatMap(({ field, theme, colour }) =>
    colour !== null && COLOUR.test(colour) && !canBeRead(colour, theme) ? [{ field, theme, colour }] : [],
  );
}

/** The field of the form for each place of the setting that its schema may refuse. */
const fieldAt: Record<string, ServiceField> = {
  ".name": "name",
  ".contact": "contact",
  ".terms.url": "termsUrl",
  ".terms.version": "termsVersion",
  ".privacy.url": "privacyUrl",
  ".privacy.version": "privacyVersion",
  ".senderNumber": "senderNumber",
  ".accent.day": "accentDay",
  ".accent.night": "accentNight",
};

const documentOf = (url: string | undefined, version: string | undefined): Settings["service"]["terms"] => {
  const [address, named] = [textOf(url), textOf(version)];
  // A version alone is refused at its address, which is missing.
  return address === null && named === null ? null : { url: address ?? "", version: named };
};

/**
 * Says whose service this is. Refusals: a reason that is none, those of `requireStaff`, an invalid field or logo at its place, and `not_allowed` with
 * `no_change`.
 */
export async function changeService(acting: Acting, typed: Typed & { logo: TypedLogo; reason: string }): Promise<Result<null, Refused>> {
  const reason = reasonOf(typed.reason);
  if (!reason.ok) return reason;
  const { logo } = typed;
  const problem = logo instanceof Uint8Array ? logoProblem(logo) : null;
  if (problem) return wrong("logo", problem);
  const done: Result<null, Refused> = await actAsStaff(acting, { act: "policy.change", reason: reason.value }, async (tx, { by }) => {
    const shown = (await readSettings(tx)).service.logo;
    const value = {
      name: textOf(typed.name),
      contact: textOf(typed.contact),
      terms: documentOf(typed.termsUrl, typed.termsVersion),
      privacy: documentOf(typed.privacyUrl, typed.privacyVersion),
      senderNumber: textOf(typed.senderNumber),
      accent: { day: colourOf(typed.accentDay), night: colourOf(typed.accentNight) },
      logo: logo instanceof Uint8Array ? await keepLogo(tx, logo) : logo === "remove" ? null : shown,
    };
    const set = await setSettingIn(tx, "service", value, by);
    if (!set.ok) return wrong(fieldAt[set.error.problem === "invalid_value" ? set.error.at : ""] ?? "name", "invalid_input");
    return set.value ? ok(null) : fail({ code: "not_allowed", reason: "no_change" });
  });
  if (done.ok) forgetSettings();
  return done;
}

const wrong = (field: ServiceField | "logo", code: ErrorCode) => fail({ code: "invalid_input" as const, fields: { [field]: code } });
