import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  reference: string;
  time: string;
  /** The browser that requested it; null where staff began it. */
  browser: string | null;
  frozen: boolean;
  /** Whether this session cancels it; another one only puts it on hold. */
  cancels: boolean;
  form: string;
  stop: (form: FormData) => Promise<void>;
  words: Words["lostPhone"];
};

/** Tells every live session of an account that its recovery was requested, with origin and time, and lets it be stopped. */
export const CaseBanner = ({ reference, time, browser, frozen, cancels, form, stop, words }: Props) => (
  <Callout tone="danger" id="case-banner" title={words.bannerTitle} className="mb-4">
    <p>{browser === null ? fill(words.bannerStaff, { time, reference }) : fill(words.bannerText, { time, browser, reference })}</p>
    {frozen ? <p className="mt-1">{words.bannerFrozen}</p> : <p className="mt-1">{words.bannerNotMe}</p>}
    {frozen && !cancels ? null : (
      <form action={stop} name="stop-case" className="mt-3">
        <input type="hidden" name="form" value={form} />
        <Button kind="danger" small>
          {cancels ? words.bannerCancel : words.bannerFreeze}
        </Button>
        {cancels ? null : <p className="hint mt-2">{words.bannerFreezeText}</p>}
      </form>
    )}
  </Callout>
);
