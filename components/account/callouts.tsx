import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { email: string; refused: boolean; doubted: readonly string[]; words: Words["callouts"] };

/** What every account page calls out to its owner: mail that does not reach them, and numbers that serve no recovery. */
export const Callouts = ({ email, refused, doubted, words }: Props) => (
  <>
    {refused ? (
      <section className="note" aria-labelledby="email-refused">
        <h2 id="email-refused" className="text-base">
          {words.emailRefusedTitle}
        </h2>
        <p>{fill(words.emailRefused, { email })}</p>
        <p className="mt-2">
          <a href="/account/email">{words.changeEmail}</a>
        </p>
      </section>
    ) : null}
    {doubted.length > 0 ? (
      <section className="note" aria-labelledby="doubted-number">
        <h2 id="doubted-number" className="text-base">
          {words.doubtedTitle}
        </h2>
        <p>{fill(words.doubted, { digits: doubted.join(", ") })}</p>
      </section>
    ) : null}
  </>
);

type CodesProps = { form: string; keeps: (form: FormData) => Promise<void>; words: Words["callouts"] };

/** The yearly question whether the recovery codes are still there. */
export const CodesQuestion = ({ form, keeps, words }: CodesProps) => (
  <section className="note" aria-labelledby="ask-codes">
    <h2 id="ask-codes" className="text-base">
      {words.askCodesTitle}
    </h2>
    <p>{words.askCodes}</p>
    <div className="mt-3 flex flex-wrap items-center gap-3">
      <form action={keeps} name="codes-there">
        <input type="hidden" name="form" value={form} />
        <button type="submit" className="button small">
          {words.codesThere}
        </button>
      </form>
      <a className="button quiet small" href="/account/recovery-codes">
        {words.codesNew}
      </a>
    </div>
  </section>
);
