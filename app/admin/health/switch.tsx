import { getLocale, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { SelectField } from "#components/ui/select-field";
import { TextField } from "#components/ui/text-field";
import { REASON } from "#lib/console/reason";
import { sendingCountries, startOf } from "#lib/console/switch-sending";
import type { Stop } from "#lib/delivery/stops";
import { whenWords } from "#lib/web/when";
import { switchSendingAction } from "./actions";

type Props = {
  stops: readonly Stop[];
  providers: readonly string[];
  /** The tie of the acts; null while they are not open. */
  form: string | null;
};

/** What is stopped, each with the way to start it again, and the buttons that stop. */
export async function Switch({ stops, providers, form }: Props) {
  const t = await getTranslations("consoleHealth");
  const countries = new Intl.DisplayNames(await getLocale(), { type: "region" });
  const every = (label: string) => ({ value: "", label });
  return (
    <>
      <h3 className="mt-4 text-base">{t("stopped")}</h3>
      {stops.length === 0 ? (
        <p>{t("stopsNone")}</p>
      ) : (
        <ul className="border-t border-line">
          {stops.map((stop) => (
            <StopLine key={`${stop.channel} ${stop.country} ${stop.provider}`} stop={stop} form={form} />
          ))}
        </ul>
      )}
      <p>
        <a className="inline-flex min-h-11 items-center" href="/admin/audit?act=sending.stopped">
          {t("whoStopped")}
        </a>
      </p>
      {form ? (
        <form action={switchSendingAction} className="@container mt-4">
          <input type="hidden" name="form" value={form} />
          <div className="grid gap-x-4 @[30rem]:grid-cols-2">
            <SelectField
              name="country"
              label={t("country")}
              options={[every(t("everyCountry")), ...sendingCountries().map((value) => ({ value, label: countries.of(value) ?? value }))]}
            />
            <SelectField
              name="provider"
              label={t("provider")}
              options={[every(t("everyProvider")), ...providers.map((value) => ({ value, label: value }))]}
            />
          </div>
          <p className="hint mt-2">{t("mailHint")}</p>
          <TextField
            name="reason"
            label={t("reason")}
            hint={t("reasonHint")}
            type="text"
            required
            minLength={REASON.least}
            maxLength={REASON.most}
            autoComplete="off"
          />
          <div className="mt-4 flex flex-wrap gap-3">
            {(["stop_sms", "stop_voice", "stop_mail"] as const).map((act) => (
              <Button key={act} name="act" value={act} kind="danger" small>
                {t(act)}
              </Button>
            ))}
          </div>
        </form>
      ) : null}
    </>
  );
}

async function StopLine({ stop, form }: { stop: Stop; form: string | null }) {
  const t = await getTranslations("consoleHealth");
  const when = await whenWords();
  const countries = new Intl.DisplayNames(await getLocale(), { type: "region" });
  const { channel, country, provider, since } = stop;
  const scope = [country ? countries.of(country) : null, provider].filter(Boolean).join(" ") || t("everywhere");
  const what = t("stoppedScope", { channel: t(({ SMS: "sms", VOICE: "voice", EMAIL: "mail" } as const)[channel]), scope });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 border-b border-line py-2">
      <span>
        <b>{what}</b> <time dateTime={since}>{t("since", { time: when(since) })}</time>
      </span>
      {form ? (
        <form action={switchSendingAction}>
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="country" value={country ?? ""} />
          <input type="hidden" name="provider" value={provider ?? ""} />
          <Button name="act" value={startOf(channel)} kind="secondary" small aria-label={t("startOf", { what })}>
            {t("start")}
          </Button>
        </form>
      ) : null}
    </li>
  );
}
