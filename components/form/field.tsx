"use client";

import type { ComponentProps } from "react";
import { useField } from "#components/form/action-form";
import { TextField } from "#components/ui/text-field";

/** A text field of an action's form; its value and its error come from the action's answer. */
export function Field({ defaultValue, ...props }: ComponentProps<typeof TextField>) {
  const { value, message, attached } = useField(props.name);
  return <TextField defaultValue={value ?? defaultValue} error={message} {...attached} {...props} />;
}
