"use client";

import { useField } from "#components/form/action-form";
import { describedBy, FieldError } from "#components/form/field-error";

/** A checkbox with its error. */
export function CheckField({ name, label }: { name: string; label: string }) {
  const { value, message } = useField(name);
  return (
    <div className="mt-4">
      <FieldError name={name} message={message} />
      <label className="check">
        <input type="checkbox" id={name} name={name} required defaultChecked={value === "on"} {...describedBy(name, false, message)} />
        <span>{label}</span>
      </label>
    </div>
  );
}

type Option = { value: string; label: string; hint: string };

/** Radio buttons; the first is selected by default. */
export function RadioField({ name, legend, options }: { name: string; legend: string; options: Option[] }) {
  const { value, message, round } = useField(name);
  return (
    <fieldset className="mt-6">
      <legend className="label">{legend}</legend>
      <FieldError name={name} message={message} />
      <div className="choice">
        {options.map((option, index) => (
          // A browser keeps the state of a radio button, so the key changes when an answer selects another one.
          <label className="check" key={`${option.value}${round}`}>
            <input
              type="radio"
              id={index === 0 ? name : undefined}
              name={name}
              value={option.value}
              defaultChecked={value ? value === option.value : index === 0}
            />
            <span>
              <span className="block font-bold">{option.label}</span>
              <span className="hint block">{option.hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
