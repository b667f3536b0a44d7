import type { InputHTMLAttributes } from "react";
import { describedBy, FieldError } from "#components/form/field-error";
import type { FieldProps } from "#components/ui/text-field";

type Props = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id" | "type">;

/** A checkbox with its hint and its error; the label is part of the target. */
export const CheckField = ({ name, id = name, label, hint, error, ...input }: Props) => (
  <div className="mt-4">
    <FieldError name={id} message={error} />
    <label className="check">
      <input type="checkbox" id={id} name={name} {...describedBy(id, !!hint, error)} {...input} />
      <span>{label}</span>
    </label>
    {hint ? (
      <p className="hint pl-9" id={`${id}-hint`}>
        {hint}
      </p>
    ) : null}
  </div>
);
