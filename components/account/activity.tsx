import { deviceName } from "#components/account/device";
import type { Words } from "#lib/words/ja";

type Event = { event: string; method: string | null; at: string; userAgent: string | null; times: number };
type Props = { list: Event[]; when: (iso: string) => string; words: Pick<Words, "account" | "events" | "eventMethods"> };

const nameOf = (event: string, names: Words["events"]): string => {
  const key = event.replaceAll(".", "_");
  return key in names ? names[key as keyof typeof names] : names.other;
};

/** Returns the name of the method used beside the password; of several methods (RFC 8176) the last is the second factor. */
function methodOf(method: string | null, names: Words["eventMethods"]): string | null {
  const last = method?.split(" ").at(-1) ?? "";
  return last in names ? names[last as keyof typeof names] : null;
}

/** Lists the account's recent events in plain words with time and device. */
export const RecentActivity = ({ list, when, words }: Props) =>
  list.length === 0 ? (
    <p className="hint">{words.account.noActivity}</p>
  ) : (
    <ol className="rows log">
      {list.map((one, index) => {
        const method = methodOf(one.method, words.eventMethods);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and events have no id of their own here
          <li key={index}>
            <span className="flex flex-wrap items-center gap-x-2">
              {nameOf(one.event, words.events)}
              {method ? <span className="method">{method}</span> : null}
              {one.times > 1 ? <span className="method">{words.account.times.replace("{count}", String(one.times))}</span> : null}
            </span>
            <span className="hint">
              <time dateTime={one.at}>{when(one.at)}</time> · {deviceName(one.userAgent, words.account)}
            </span>
          </li>
        );
      })}
    </ol>
  );
