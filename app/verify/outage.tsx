import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";
import type { ChallengeView } from "#lib/challenges/challenge";
import { channelsDown } from "#lib/health/outage";
import { isSent, type OwnMethod } from "#lib/methods";

/** Says that texts or calls do not arrive at the moment, where this challenge has them, with its ways that need none of them first. */
export async function Outage({ view: { methods, delivery }, own }: { view: ChallengeView; own: OwnMethod | null }) {
  const has = (channel: "sms" | "voice") => delivery?.method === channel || methods.some(({ method }) => method === channel);
  const down = (await channelsDown()).filter(has);
  if (down.length === 0) return null;
  const t = await getTranslations("outage");
  const { verify } = await getMessages();
  const ways = new Intl.ListFormat(await getLocale(), { type: "conjunction" }).format(down.map((channel) => t(channel)));
  const others = [...new Set(methods.flatMap(({ method }) => (isSent(method) || method === own ? [] : [method])))];
  const works = (["sms", "voice"] as const).filter(
    (channel) => !down.includes(channel) && methods.some(({ method }) => method === channel),
  );
  return (
    <Callout tone="warn" role="alert" title={t("title", { ways })} className="mb-5">
      <p>{t("text")}</p>
      {others.length > 0 ? (
        <ul aria-label={t("others")}>
          {others.map((method) => (
            <li key={method}>
              <a className="inline-flex min-h-11 items-center" href={`/verify?with=${method}`}>
                {verify[method]}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
      {works.map((channel) => (
        <p key={channel}>{t("works", { way: t(channel) })}</p>
      ))}
      {others.length + works.length === 0 ? <p>{own ? t("here") : t("wait")}</p> : null}
    </Callout>
  );
}
