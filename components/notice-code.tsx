import { Field } from "#components/form/field";
import { Callout } from "#components/ui/callout";

/** The field for a reference or a code that stands in a notice. */
export const NoticeCodeField = ({ name, label, hint }: { name: string; label: string; hint: string }) => (
  <Field name={name} label={label} hint={hint} autoComplete="off" autoCapitalize="characters" spellCheck={false} required />
);

type Done = { title: string; service: string; done: string; signIn: string };

/**
 * Shown after the right code of a notice: what happened, and a link to the sign-in. It sets the page's title, because the form that did so is
 * gone.
 */
export const NoticeCodeDone = ({ title, service, done, signIn }: Done) => (
  <>
    <title>{`${title} – ${service}`}</title>
    <Callout tone="good" role="status">
      {done}
    </Callout>
    <a className="button mt-6" href="/sign-in">
      {signIn}
    </a>
  </>
);
