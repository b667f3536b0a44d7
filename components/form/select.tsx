"use client";

import type { ComponentProps } from "react";
import { useField } from "#components/form/action-form";
import { SelectField } from "#components/ui/select-field";

/** A list of choices of an action's form: what was chosen and what was wrong with it come from the answer. */
export function Select({ defaultValue, ...props }: ComponentProps<typeof SelectField>) {
  const { value, message, round } = useField(props.name);
  // React resets a form after its action, so that the list has to be made anew to show what was chosen.
  return <SelectField key={round} defaultValue={value ?? defaultValue} error={message} {...props} />;
}
