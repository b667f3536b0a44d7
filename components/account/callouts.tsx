import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { email: string; refused: boolean; doubted: readonly string[]; words: Words["callouts"] };

/** The callouts of every account page: mail that does not reach the owner, and numbers that serve no recovery. */
export const Callouts = ({ email, refused, doubted, words }: Props) => (
  <div className="grid gap-4">
    {refused ? (
      <Callout id="email-refused" tone="warn" title={words.emailRefusedTitle}>
        <p>{fill(words.emailRefused, { email })}</p>
        <p>
          <a className="inline-flex min-h-11 items-center" href="/account/email">
            {words.changeEmail}
          </a>
        </p>
      </Callout>
    ) : null}
    {doubted.length > 0 ? (
      <Callout id="doubted-number" tone="warn" title={words.doubtedTitle}>
        <p>{fill(words.doubted, { digits: doubted.join(", ") })}</p>
      </Callout>
    ) : null}
  </div>
);

type CodesProps = { form: string; keeps: (form: FormData) => Promise<void>; words: Words["callouts"] };

/** The yearly question whether the recovery codes are still there. */
export const CodesQuestion = ({ form, keeps, words }: CodesProps) => (
  <Callout id="ask-codes" title={words.askCodesTitle} className="mb-5">
    <p>{words.askCodes}</p>
    <div className="mt-3 flex flex-wrap items-center gap-3">
      <form action={keeps} name="codes-there">
        <input type="hidden" name="form" value={form} />
        <Button small>{words.codesThere}</Button>
      </form>
      <Button kind="secondary" small href="/account/recovery-codes">
        {words.codesNew}
      </Button>
    </div>
  </Callout>
);
