import { deviceName } from "#components/account/device";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Row, Rows } from "#components/ui/rows";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Line = { id: string; userAgent: string; signedInAt: string; lastSeenAt: string };
type Action = (form: FormData) => Promise<void>;
type Props = {
  lines: Line[];
  currentId: string;
  when: (iso: string) => string;
  form: string;
  words: Words["account"];
  end: Action;
  endOthers: Action;
};

/** Lists the account's sessions; each except the current one can be ended. */
export const Sessions = ({ lines, currentId, when, form, words, end, endOthers }: Props) => (
  <>
    <Rows label={words.sessions}>
      {lines.map((line) => {
        const device = deviceName(line.userAgent, words);
        return (
          <Row
            key={line.id}
            title={device}
            badges={line.id === currentId ? <Badge tone="good">{words.current}</Badge> : null}
            meta={[fill(words.signedInAt, { time: when(line.signedInAt) }), fill(words.lastSeen, { time: when(line.lastSeenAt) })]}
            actions={
              line.id === currentId ? null : (
                <form action={end} name="end-session">
                  <input type="hidden" name="form" value={form} />
                  <input type="hidden" name="sessionId" value={line.id} />
                  <Button kind="secondary" small aria-label={fill(words.endOne, { device, time: when(line.lastSeenAt) })}>
                    {words.end}
                  </Button>
                </form>
              )
            }
          />
        );
      })}
    </Rows>
    {lines.length > 1 ? (
      <form action={endOthers} name="end-others" className="mt-4">
        <input type="hidden" name="form" value={form} />
        <Button kind="secondary" small>
          {words.endOthers}
        </Button>
      </form>
    ) : (
      <p className="hint mt-1">{words.onlyOne}</p>
    )}
  </>
);
