import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import type { Gate } from "#lib/web/step-up";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  /** The id of its heading and the heading itself, both unique on a page with two gates. */
  id?: string;
  title?: string;
  gate: Extract<Gate, { open: false }>;
  /** The class of acts, and the page to come back to. */
  action: string;
  returnTo: string;
  form: string;
  when: (iso: string) => string;
  begin: (form: FormData) => Promise<void>;
  words: Words["stepUp"];
};

/** Replaces guarded acts until a second factor is proven: the reason, and the button that begins step-up. */
export function StepUpGate({ id = "step-up", title, gate, action, returnTo, form, when, begin, words }: Props) {
  const { restriction } = gate;
  if (restriction)
    return (
      <Callout tone="warn" className="mt-4">
        {words.restricted} {restriction.until ? fill(words.restrictedUntil, { time: when(restriction.until) }) : words.restrictedOpen}
      </Callout>
    );
  return (
    <Callout id={id} title={title ?? words.title} className="mt-4">
      <p>{words.lead}</p>
      <form action={begin} className="mt-3">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="action" value={action} />
        <input type="hidden" name="returnTo" value={returnTo} />
        <Button small>{words.submit}</Button>
      </form>
    </Callout>
  );
}
