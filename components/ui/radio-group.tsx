import { describedBy, FieldError } from "#components/form/field-error";
import type { FieldProps } from "#components/ui/text-field";

export type Choice = { value: string; label: string; hint?: string };

type Props = FieldProps & {
  options: readonly Choice[];
  /** The value that is selected when the page is loaded; the first one otherwise. */
  value?: string | undefined;
  /** Rises with every answer: a browser keeps the state of a radio button, so its key changes when an answer selects another one. */
  round?: number;
};

/** Choices of which exactly one is taken; the first one has the id that an error summary links to. */
export const RadioGroup = ({ name, id = name, label, hint, error, options, value = options[0]?.value, round = 0 }: Props) => (
  <fieldset className="mt-6" aria-describedby={describedBy(id, !!hint, error)["aria-describedby"]}>
    <legend className="label">{label}</legend>
    {hint ? (
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
    ) : null}
    <FieldError name={id} message={error} />
    <div className="choice">
      {options.map((option, index) => (
        <label className="check" key={`${option.value}${round}`}>
          <input type="radio" id={index === 0 ? id : undefined} name={name} value={option.value} defaultChecked={value === option.value} />
          <span>
            <span className="block font-bold">{option.label}</span>
            {option.hint ? <span className="hint block">{option.hint}</span> : null}
          </span>
        </label>
      ))}
    </div>
  </fieldset>
);
