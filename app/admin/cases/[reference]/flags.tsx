import { getMessages, getTranslations } from "next-intl/server";
import { eventName } from "#components/account/activity";
import { deviceName } from "#components/account/device";
import { WaitScale } from "#components/console/wait-scale";
import type { CaseDetail } from "#lib/console/case-detail";
import type { CaseFacts } from "#lib/console/case-facts";
import type { Settings } from "#lib/policy/settings";
import { type RiskFlag, riskFlags, waitOfCase } from "#lib/recovery/case";
import type { Alone } from "#lib/staff/people";
import { whenWords } from "#lib/web/when";
import { spanWords } from "#lib/words/span";

type Props = { found: CaseDetail; facts: CaseFacts; alone: Alone; wait: Settings["lostPhoneWait"]; mayApprove: boolean };

/** The six flags with what each rests on, and the wait that follows from them, drawn to scale. */
export async function Flags({ found, facts, alone, wait, mayApprove }: Props) {
  const t = await getTranslations("consoleCaseFacts");
  const { consoleCaseFlags: names } = await getMessages();
  const says = await evidence(found, facts, alone);
  return (
    <section aria-labelledby="flags">
      <h2 id="flags" className="text-lg">
        {t("flags", { total: riskFlags.length, count: found.flags.length })}
      </h2>
      <ul className="mt-2 border-t-2 border-ink">
        {riskFlags.map((flag) => {
          const on = found.flags.includes(flag);
          return (
            <li key={flag} className="grid grid-cols-[1.5rem_minmax(0,1fr)] border-b border-line py-2">
              <span aria-hidden="true" className={on ? "text-kohaku" : "text-ink-2"}>
                {on ? "▲" : "–"}
              </span>
              <div>
                <p className={on ? "font-bold" : ""}>
                  {names[flag]}
                  <span className="sr-only">: {t(on ? "flagOn" : "flagOff")}</span>
                  <span className="ml-3 inline-block text-sm font-normal text-ink-2">{t(on ? "longer" : "noEffect")}</span>
                </p>
                <p className="text-sm text-ink-2">{says[flag]}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <Wait found={found} wait={wait} mayApprove={mayApprove} />
    </section>
  );
}

async function evidence(found: CaseDetail, facts: CaseFacts, alone: Alone): Promise<Record<RiskFlag, string>> {
  const t = await getTranslations("consoleCaseFacts");
  const { account, events, consoleCaseStates: states } = await getMessages();
  const when = await whenWords();
  const { before, countries, changes, earlier, accountSince } = facts;
  const last = before ? t("browserBefore", { browser: deviceName(before.userAgent, account), time: when(before.at) }) : t("browserNever");
  const now = found.provenAt === null ? "" : t("browserNow", { browser: deviceName(found.userAgent, account) });
  return {
    unknown_browser: `${now} ${last}`.trim(),
    other_country: countries.length > 0 ? t("countries", { list: countries.join(", ") }) : t("countriesNone"),
    recent_change: changes.map(({ event, at }) => `${when(at)} ${eventName(event, events)}`).join(" / ") || t("changesNone"),
    young_account: t("since", { time: when(accountSince) }),
    second_request:
      earlier.map(({ reference, state, at }) => t("earlier", { reference, state: states[state], time: when(at) })).join(" / ") ||
      t("earlierNone"),
    one_administrator: t(alone.administrators > 1 ? "manyNow" : "oneNow"),
  };
}

const HOUR = 3_600_000;

async function Wait({ found, wait, mayApprove }: Pick<Props, "found" | "wait" | "mayApprove">) {
  const t = await getTranslations("consoleCaseFacts");
  const { consoleCases } = await getMessages();
  const when = await whenWords();
  const { approvedAt, readyAt, frozenAt, endedAt } = found;
  const now = Date.parse(frozenAt ?? endedAt ?? found.now);
  const hours = (found.waitSeconds ?? waitOfCase(found.flags, wait)) / 3600;
  const begun = approvedAt !== null && readyAt !== null;
  const passed = begun ? Math.max(0, hours - (Date.parse(readyAt) - now) / HOUR) : null;
  const left = begun ? Date.parse(readyAt) - now : 0;
  const ends = new Date(Date.parse(found.now) + hours * HOUR).toISOString();
  const open = found.endedAt === null;
  const said = !begun
    ? t("waitNotBegun")
    : frozenAt
      ? t("waitFrozen")
      : left <= 0
        ? t("waitOver")
        : t("waitLeft", { time: spanWords(left, consoleCases) });
  return (
    <>
      <h3 className="mt-5 text-base">{t("wait", { hours })}</h3>
      <div className="mt-2">
        <WaitScale hours={hours} passed={passed} label={t("waitScale", { hours, said })} hour={(some) => t("hour", { hours: some })} />
      </div>
      <p className="flex flex-wrap gap-x-4 text-sm text-ink-2">
        <span>{said}</span>
        {begun ? (
          <>
            <span>{t("waitFrom", { time: when(approvedAt) })}</span>
            <span>{t("waitTo", { time: when(readyAt) })}</span>
          </>
        ) : open && !frozenAt && mayApprove ? (
          <span>{t("waitIf", { time: when(ends) })}</span>
        ) : null}
      </p>
    </>
  );
}
