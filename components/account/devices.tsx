import { deviceName } from "#components/account/device";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Empty } from "#components/ui/empty";
import { Row, Rows } from "#components/ui/rows";
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
    <Empty title={devices.none}>{devices.noneText}</Empty>
  ) : (
    <>
      <Rows label={devices.title}>
        {lines.map((line) => {
          const device = deviceName(line.userAgent, account);
          return (
            <Row
              key={line.id}
              title={device}
              badges={line.current ? <Badge tone="good">{account.current}</Badge> : null}
              meta={[fill(devices.firstSeen, { time: when(line.firstSeenAt) }), fill(devices.lastUsed, { time: when(line.lastUsedAt) })]}
              actions={
                <form action={forget} name="forget-device">
                  <input type="hidden" name="form" value={form} />
                  <input type="hidden" name="deviceId" value={line.id} />
                  <Button kind="secondary" small aria-label={fill(devices.forgetOne, { device, time: when(line.lastUsedAt) })}>
                    {devices.forget}
                  </Button>
                </form>
              }
            />
          );
        })}
      </Rows>
      <form action={forgetAll} name="forget-devices" className="mt-4">
        <input type="hidden" name="form" value={form} />
        <Button kind="secondary" small>
          {devices.forgetAll}
        </Button>
      </form>
    </>
  );
