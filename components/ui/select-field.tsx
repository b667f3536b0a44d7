import type { SelectHTMLAttributes } from "react";
import { describedBy } from "#components/form/field-error";
import { FieldHead, type FieldProps } from "#components/ui/text-field";

type Props = FieldProps &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "name" | "id"> & { options: readonly { value: string; label: string }[] };

/** The browser's own list of choices, which phones show as theirs. */
export const SelectField = ({ name, id = name, label, hint, error, options, ...select }: Props) => (
  <div className="mt-5">
    <FieldHead id={id} label={label} hint={hint} error={error} />
    <select className="input" id={id} name={name} {...describedBy(id, !!hint, error)} {...select}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </div>
);
