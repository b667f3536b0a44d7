"use client";

import { useField } from "#components/form/action-form";
import { CheckField as Check } from "#components/ui/check-field";
import { type Choice, RadioGroup } from "#components/ui/radio-group";

/** A checkbox of an action's form, with its error. */
export function CheckField({ name, label, hint, optional = false }: { name: string; label: string; hint?: string; optional?: boolean }) {
  const { value, message, attached } = useField(name);
  return <Check name={name} label={label} hint={hint} error={message} required={!optional} defaultChecked={value === "on"} {...attached} />;
}

type RadioProps = {
  name: string;
  legend: string;
  options: Choice[];
  /** None is selected, so that an answer is always a person's own. */
  unset?: boolean;
};

/** Radio buttons of an action's form; the first is selected by default. */
export function RadioField({ name, legend, options, unset = false }: RadioProps) {
  const { value, message, round } = useField(name);
  return (
    <RadioGroup name={name} label={legend} options={options} error={message} value={value || (unset ? "" : undefined)} round={round} />
  );
}
