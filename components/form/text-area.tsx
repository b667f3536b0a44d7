"use client";

import type { ComponentProps } from "react";
import { useField } from "#components/form/action-form";
import { describedBy } from "#components/form/field-error";
import { FieldHead } from "#components/ui/text-field";

type Props = { name: string; label: string; hint?: string } & Pick<
  ComponentProps<"textarea">,
  "rows" | "defaultValue" | "maxLength" | "required"
>;

/** A field of a few lines of an action's form. */
export function TextArea({ name, label, hint, rows = 2, defaultValue, ...rest }: Props) {
  const { value, message } = useField(name);
  return (
    <div className="mt-5">
      <FieldHead id={name} label={label} hint={hint} error={message} />
      <textarea
        className="input min-h-20"
        id={name}
        name={name}
        rows={rows}
        defaultValue={value ?? defaultValue}
        {...describedBy(name, !!hint, message)}
        {...rest}
      />
    </div>
  );
}
