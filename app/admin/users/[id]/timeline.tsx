import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { Empty } from "#components/ui/empty";
import { Pager } from "#components/ui/pager";
import { type Moment, type placeOf, type TimelineFilter, timelineFilters, timelineOf } from "#lib/console/timeline";
import { MomentLine } from "./moment";

type Props = { id: string; filter: TimelineFilter; before: ReturnType<typeof placeOf> };

/** Everything that happened to an account, by day, the newest first. */
export async function Timeline({ id, filter, before }: Props) {
  const t = await getTranslations("consoleTimeline");
  const words = await getMessages();
  const format = await getFormatter();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const { moments, next } = await timelineOf(id, { filter, before, locale });
  const page = (query: Record<string, string>) => `/admin/users/${id}?${new URLSearchParams(query)}`;
  const day = (at: string) => format.dateTime(new Date(at), { year: "numeric", month: "long", day: "numeric", weekday: "short" });
  const days = new Map<string, Moment[]>();
  for (const one of moments) days.set(day(one.at), [...(days.get(day(one.at)) ?? []), one]);
  return (
    <section aria-labelledby="timeline" className="min-w-0 border-t-2 border-ink pt-2.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-2">
        <h2 id="timeline" className="text-lg">
          {t("title")}
        </h2>
        <nav aria-label={t("filters")}>
          <ul className="flex flex-wrap gap-1.5">
            {timelineFilters.map((one) => (
              <li key={one}>
                <a
                  className="inline-flex min-h-11 items-center rounded-full border border-line px-3 text-sm text-ink no-underline hover:underline aria-[current]:border-2 aria-[current]:border-ink aria-[current]:font-bold"
                  href={page(one === "all" ? {} : { show: one })}
                  aria-current={one === filter ? "true" : undefined}
                >
                  {t(one)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      {moments.length === 0 ? (
        <Empty title={t(next ? "gap" : "none")}>{t(next ? "gapText" : "noneText")}</Empty>
      ) : (
        [...days].map(([heading, list]) => (
          <section key={heading} aria-label={heading}>
            <h3 className="mt-5 mb-1 text-[0.9375rem]">{heading}</h3>
            <ol>
              {list.map((moment) => (
                <MomentLine
                  key={`${moment.kind} ${moment.id}`}
                  moment={moment}
                  time={format.dateTime(new Date(moment.at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}
                  clock={(at) => format.dateTime(new Date(at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })}
                  yen={(value) => format.number(value, { maximumFractionDigits: 2 })}
                  words={words}
                />
              ))}
            </ol>
          </section>
        ))
      )}
      {before || next ? (
        <Pager
          label={t("title")}
          newer={before ? { href: page(filter === "all" ? {} : { show: filter }), label: t("newest") } : undefined}
          older={next ? { href: page({ ...(filter === "all" ? {} : { show: filter }), before: next }), label: t("older") } : undefined}
        />
      ) : null}
      {moments.length > 0 && !next ? <p className="hint mt-2">{t("end")}</p> : null}
    </section>
  );
}
