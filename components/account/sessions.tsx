import { deviceName } from "#components/account/device";
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
    <ul className="rows">
      {lines.map((line) => (
        <li key={line.id}>
          <div>
            <p className="flex flex-wrap items-center gap-x-2">
              {deviceName(line.userAgent, words)}
              {line.id === currentId ? <span className="tag">{words.current}</span> : null}
            </p>
            <p className="hint flex flex-wrap gap-x-4">
              <span>{fill(words.signedInAt, { time: when(line.signedInAt) })}</span>
              <span>{fill(words.lastSeen, { time: when(line.lastSeenAt) })}</span>
            </p>
          </div>
          {line.id === currentId ? null : (
            <form action={end} name="end-session">
              <input type="hidden" name="form" value={form} />
              <input type="hidden" name="sessionId" value={line.id} />
              <button
                type="submit"
                className="button quiet small"
                aria-label={fill(words.endOne, { device: deviceName(line.userAgent, words), time: when(line.lastSeenAt) })}
              >
                {words.end}
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
    {lines.length > 1 ? (
      <form action={endOthers} name="end-others" className="mt-3">
        <input type="hidden" name="form" value={form} />
        <button type="submit" className="button quiet small">
          {words.endOthers}
        </button>
      </form>
    ) : (
      <p className="hint mt-1">{words.onlyOne}</p>
    )}
  </>
);
