import { deviceName } from "#components/account/device";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Row, Rows } from "#components/ui/rows";
import type { TrustedLine } from "#lib/sessions/trusted-device";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  lines: TrustedLine[];
  when: (iso: string) => string;
  /** The form name of the session. */
  form: string;
  words: Pick<Words, "trusted" | "account">;
  end: (form: FormData) => Promise<void>;
};

/** Lists the browsers that skip the second factor; each can be ended. */
export const TrustedDevices = ({ lines, when, form, words: { trusted, account }, end }: Props) =>
  lines.length === 0 ? (
    <p className="mt-3">{trusted.none}</p>
  ) : (
    <Rows label={trusted.title}>
      {lines.map((line) => {
        const device = deviceName(line.userAgent, account);
        return (
          <Row
            key={line.id}
            title={device}
            badges={line.current ? <Badge tone="good">{trusted.current}</Badge> : null}
            meta={[
              fill(trusted.since, { time: when(line.trustedAt) }),
              fill(trusted.until, { time: when(line.until) }),
              fill(trusted.lastUsed, { time: when(line.lastUsedAt) }),
            ]}
            actions={
              <form action={end} name="end-trusted-device">
                <input type="hidden" name="form" value={form} />
                <input type="hidden" name="deviceId" value={line.id} />
                <Button kind="secondary" small aria-label={fill(trusted.endOne, { device, time: when(line.lastUsedAt) })}>
                  {trusted.end}
                </Button>
              </form>
            }
          />
        );
      })}
    </Rows>
  );
