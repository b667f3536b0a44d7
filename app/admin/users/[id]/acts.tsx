import { getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { SelectField } from "#components/ui/select-field";
import type { AccountRoom } from "#lib/console/account";
import { type AccountAct, accountActs } from "#lib/console/account-acts";
import { REASON } from "#lib/console/reason";
import { caseReasons } from "#lib/recovery/case";
import { mayDo } from "#lib/staff/matrix";
import type { StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../../gate";
import { actOnAccountAction } from "../actions";

/** What staff can do to the account: each act with what it does, and one reason for whichever is chosen. */
export async function Acts({ room, staff }: { room: AccountRoom; staff: StaffSession }) {
  const t = await getTranslations("consoleActs");
  return (
    <section aria-labelledby="acts" className="border-t-2 border-ink pt-2.5">
      <h2 id="acts" className="text-lg">
        {t("title")}
      </h2>
      {room.id === staff.user.id ? (
        <p className="mt-2">{t("own")}</p>
      ) : room.closed ? (
        <p className="mt-2">{t("closedAccount")}</p>
      ) : (
        ((await consoleGate(staff, `/admin/users/${room.id}`)) ?? <ActForm room={room} staff={staff} />)
      )}
    </section>
  );
}

/** Whether an act fits the state of the account. */
const fits = (act: AccountAct, { suspendedAt, cases, factors }: AccountRoom): boolean =>
  act === "suspend"
    ? suspendedAt === null
    : act === "resume"
      ? suspendedAt !== null
      : act === "start_case"
        ? cases.every(({ open }) => !open)
        : act !== "require_reverification" || factors.phones.length > 0;

async function ActForm({ room, staff }: { room: AccountRoom; staff: StaffSession }) {
  const t = await getTranslations("consoleActs");
  const { roles } = staff.user;
  const offered = accountActs.filter((act) => mayDo(roles, `users.${act}`) && fits(act, room));
  const open = room.cases.find((one) => one.open);
  return (
    <form action={actOnAccountAction} className="mt-1">
      <input type="hidden" name="form" value={sessionForm(staff)} />
      <input type="hidden" name="id" value={room.id} />
      <p className="hint">{t("lead")}</p>
      <label className="label mt-4" htmlFor="reason">
        {t("reason")}
      </label>
      <p className="hint" id="reason-hint">
        {t("reasonHint")}
      </p>
      <textarea
        className="input min-h-20"
        id="reason"
        name="reason"
        rows={2}
        required
        minLength={REASON.least}
        maxLength={REASON.most}
        aria-describedby="reason-hint"
      />
      <ul className="mt-3 border-t border-line">
        {offered.map((act) => (
          <li key={act} className="border-b border-line py-3">
            {act === "start_case" ? (
              <SelectField
                name="happened"
                label={t("happened")}
                defaultValue="other"
                options={caseReasons.map((value) => ({ value, label: t(`happened_${value}`) }))}
              />
            ) : null}
            <p className="hint my-2" id={`${act}-text`}>
              {t(`${act}Text`)}
            </p>
            <Button small kind={act === "suspend" ? "danger" : "secondary"} name="act" value={act} aria-describedby={`${act}-text`}>
              {t(act)}
            </Button>
          </li>
        ))}
      </ul>
      {open ? <p className="hint mt-3">{t("caseOpen", { reference: open.reference })}</p> : null}
      {mayDo(roles, "users.suspend") ? null : <p className="hint mt-3">{t("administrators")}</p>}
    </form>
  );
}
