import { getMessages, getTranslations } from "next-intl/server";
import { eventName } from "#components/account/activity";
import { deviceName } from "#components/account/device";
import { Empty } from "#components/ui/empty";
import type { recentActivity } from "#lib/audit/activity";
import { whenWords } from "#lib/web/when";

const DAYS = 30 * 86_400_000;

type Props = { userId: string; now: string; activity: Awaited<ReturnType<typeof recentActivity>> };

/** What happened to the account in the thirty days before, beside its case; the whole of it is on the page of the account. */
export async function Beside({ userId, now, activity }: Props) {
  const t = await getTranslations("consoleCaseFacts");
  const { account, events } = await getMessages();
  const when = await whenWords();
  const recent = activity.filter(({ at }) => Date.parse(now) - Date.parse(at) < DAYS);
  return (
    <aside aria-labelledby="beside" className="min-w-0">
      <h2 id="beside" className="text-lg">
        {t("timeline")}
      </h2>
      {recent.length === 0 ? (
        <Empty title={t("timelineNone")}>{t("timelineNoneText")}</Empty>
      ) : (
        <ol className="mt-2 border-t-2 border-ink text-[0.9375rem]">
          {recent.map(({ event, at, userAgent, times }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and events have no id of their own here
            <li key={index} className="border-b border-dotted border-line py-2">
              <p>
                {eventName(event, events)}
                {times > 1 ? ` ×${times}` : ""}
              </p>
              <p className="text-sm text-ink-2">
                <time dateTime={at}>{when(at)}</time>
                {userAgent ? ` · ${deviceName(userAgent, account)}` : ""}
              </p>
            </li>
          ))}
        </ol>
      )}
      <p className="mt-2">
        <a className="inline-flex min-h-11 items-center" href={`/admin/users/${userId}`}>
          {t("whole")}
        </a>
      </p>
    </aside>
  );
}
