import { deviceName } from "#components/account/device";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Line = { id: string; current: boolean; userAgent: string | null; firstSeenAt: string; lastUsedAt: string };
type Action = (form: FormData) => Promise<void>;
type Props = {
  lines: Line[];
  when: (iso: string) => string;
  form: string;
  words: Pick<Words, "account" | "devices">;
  forget: Action;
  forgetAll: Action;
};

/** Lists the browsers that an account signed in on; each can be forgotten. */
export const Devices = ({ lines, when, form, words: { account, devices }, forget, forgetAll }: Props) =>
  lines.length === 0 ? (
    <p className="hint">{devices.none}</p>
  ) : (
    <>
      <ul className="rows">
        {lines.map((line) => (
          <li key={line.id}>
            <div>
              <p className="flex flex-wrap items-center gap-x-2">
                {deviceName(line.userAgent, account)}
                {line.current ? <span className="tag">{account.current}</span> : null}
              </p>
              <p className="hint flex flex-wrap gap-x-4">
                <span>{fill(devices.firstSeen, { time: when(line.firstSeenAt) })}</span>
                <span>{fill(devices.lastUsed, { time: when(line.lastUsedAt) })}</span>
              </p>
            </div>
            <form action={forget} name="forget-device">
              <input type="hidden" name="form" value={form} />
              <input type="hidden" name="deviceId" value={line.id} />
              <button
                type="submit"
                className="button quiet small"
                aria-label={fill(devices.forgetOne, { device: deviceName(line.userAgent, account), time: when(line.lastUsedAt) })}
              >
                {devices.forget}
              </button>
            </form>
          </li>
        ))}
      </ul>
      <form action={forgetAll} name="forget-devices" className="mt-3">
        <input type="hidden" name="form" value={form} />
        <button type="submit" className="button quiet small">
          {devices.forgetAll}
        </button>
      </form>
    </>
  );
