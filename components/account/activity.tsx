import { deviceName } from "#components/account/device";
import { Badge } from "#components/ui/badge";
import { Empty } from "#components/ui/empty";
import { Row, Rows } from "#components/ui/rows";
import type { Words } from "#lib/words/ja";

type Event = { event: string; method: string | null; at: string; userAgent: string | null; times: number };
type Props = { list: Event[]; when: (iso: string) => string; words: Pick<Words, "account" | "events" | "eventMethods"> };

/** The sentence of an event of the audit log. */
export const eventName = (event: string, names: Words["events"]): string => {
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
    <Empty title={words.account.noActivity}>{words.account.noActivityText}</Empty>
  ) : (
    <Rows ordered label={words.account.activity}>
      {list.map((one, index) => {
        const method = methodOf(one.method, words.eventMethods);
        return (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and events have no id of their own here
            key={index}
            title={eventName(one.event, words.events)}
            badges={
              <>
                {method ? <Badge>{method}</Badge> : null}
                {one.times > 1 ? <Badge>{words.account.times.replace("{count}", String(one.times))}</Badge> : null}
              </>
            }
            meta={[
              <time key="at" dateTime={one.at}>
                {when(one.at)}
              </time>,
              deviceName(one.userAgent, words.account),
            ]}
          />
        );
      })}
    </Rows>
  );
