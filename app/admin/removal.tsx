import { Button } from "#components/ui/button";

type Props = {
  action: (form: FormData) => Promise<void>;
  form: string;
  field: { name: string; value: string };
  label: string;
  /** Its name for a screen reader, which says what is removed. */
  named: string;
  what: string;
};

/** Removing what cannot be brought back: behind a fold, with a sentence that says what goes. */
export const Removal = ({ action, form, field, label, named, what }: Props) => (
  <details className="min-w-32">
    <summary className="min-h-11 cursor-pointer py-2 text-sm text-shu" aria-label={named}>
      {label}
    </summary>
    <form action={action} className="pb-3">
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name={field.name} value={field.value} />
      <p className="text-sm">{what}</p>
      <Button name="act" value="remove" kind="danger" small className="mt-3" aria-label={named}>
        {label}
      </Button>
    </form>
  </details>
);
