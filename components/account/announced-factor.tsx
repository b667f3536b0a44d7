import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import type { SessionView } from "#lib/sessions/session";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { announced: NonNullable<SessionView["announced"]>; date: string; words: Words["policy"] };

/** Counts down to the day from which an account needs a factor that it does not have yet, and leads to it (JP-03). */
export const AnnouncedFactor = ({ announced: { factor, days }, date, words }: Props) => (
  <Callout tone="warn" id="announced" title={fill(words.announced, { date, methods: words[factor] })} className="mb-5">
    <p>{fill(words.announcedText, { days })}</p>
    <p className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-3">
      <Button small href="/account/factors">
        {words.register}
      </Button>
      <a href="/sign-in-methods">{words.more}</a>
    </p>
  </Callout>
);
