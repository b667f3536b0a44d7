import { getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import { actOnProviderAction } from "./actions";

/** `own` are the accounts with a rule for this country alone, which can be moved on this way. */
type Way = { channel: "SMS" | "VOICE"; country: string; names: string[]; own: string[] };

/** Pure: the accounts that a text or a call to a country asks, in order; those that are disabled or rest are left out. */
export function waysOf(lines: readonly ListedProviderAccount[]): Way[] {
  const usable = lines.filter(({ disabled, secrets }) => !disabled && !secrets.includes("unreadable"));
  const routes = usable.flatMap(({ name, routes: own, down }) =>
    own.filter(({ channel }) => !down.some((one) => one.channel === channel)).map((route) => ({ name, ...route })),
  );
  const keys = [...new Set(routes.map(({ channel, country }) => `${channel} ${country}`))].sort();
  return keys.map((key) => {
    const [channel, country = "*"] = key.split(" ") as [Way["channel"], string];
    const own = routes.filter((route) => route.channel === channel && (route.country === country || route.country === "*"));
    const names = own.sort((a, b) => a.position - b.position).map(({ name }) => name);
    const mine = own.filter((route) => route.country === country).map(({ name }) => name);
    return { channel, country, names: [...new Set(names)], own: mine };
  });
}

/** The way that a text or a call takes now, as a line of stations for each channel and country. */
export async function RoutePicture({ lines, form }: { lines: readonly ListedProviderAccount[]; form: string | null }) {
  const t = await getTranslations("consoleProviders");
  const ways = waysOf(lines);
  return (
    <section aria-labelledby="route" className="mb-8">
      <h2 id="route" className="mb-2 text-lg">
        {t("route")}
      </h2>
      {ways.length === 0 ? (
        <Callout tone="danger" title={t("routeNone")}>
          {t("routeNoneText")}
        </Callout>
      ) : (
        <dl className="border-t-2 border-ink">
          {ways.map(({ channel, country, names, own }) => (
            <div key={`${channel}${country}`} className="border-b border-line py-3">
              <dt className="text-[0.9375rem] font-bold">
                {t("toCountry", {
                  channel: t(channel === "SMS" ? "sms" : "voice"),
                  country: country === "*" ? t("everyCountry") : country,
                })}
              </dt>
              <dd>
                <ol className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  {names.map((name, index) => (
                    <li key={name} className="flex items-center gap-2">
                      {index > 0 ? (
                        <span className="text-sm text-ink-2">
                          {t("otherwise")} <span aria-hidden="true">→</span>
                        </span>
                      ) : null}
                      <span className="rounded-sm border border-edge px-2 py-0.5 font-mono">{name}</span>
                      {form && index > 0 && own.includes(name) ? (
                        <form action={actOnProviderAction}>
                          <input type="hidden" name="form" value={form} />
                          <input type="hidden" name="name" value={name} />
                          <input type="hidden" name="channel" value={channel} />
                          <input type="hidden" name="country" value={country} />
                          <Button
                            name="act"
                            value="up"
                            kind="secondary"
                            small
                            aria-label={t("upOn", {
                              name,
                              channel: t(channel === "SMS" ? "sms" : "voice"),
                              country: country === "*" ? t("everyCountry") : country,
                            })}
                          >
                            {t("up")}
                          </Button>
                        </form>
                      ) : null}
                    </li>
                  ))}
                </ol>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
