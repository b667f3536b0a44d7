import { deviceName } from "#components/account/device";
import type { Words } from "#lib/words/ja";

type Event = { event: string; at: string; userAgent: string | null };
type Props = { list: Event[]; when: (iso: string) => string; words: Pick<Words, "account" | "events"> };

const nameOf = (event: string, names: Words["events"]): string => {
  const key = event.replaceAll(".", "_");
  return key in names ? names[key as keyof typeof names] : names.other;
};

/** What happened on the account lately, in plain words. */
export const RecentActivity = ({ list, when, words }: Props) =>
  list.length === 0 ? (
    <p className="hint">{words.account.noActivity}</p>
  ) : (
    <ol className="rows log mt-2">
      {list.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and events have no id of their own here
        <li key={index}>
          <span>{nameOf(one.event, words.events)}</span>
          <span className="hint">
            <time dateTime={one.at}>{when(one.at)}</time> · {deviceName(one.userAgent, words.account)}
          </span>
        </li>
      ))}
    </ol>
  );
