"use client";

import { useField } from "#components/form/action-form";
import { describedBy } from "#components/form/field-error";
import { FieldHead } from "#components/ui/text-field";

type Props = { name: string; label: string; hint: string; maxLength: number };

/** A field of an action's form for a few sentences. */
export function NoteField({ name, label, hint, maxLength }: Props) {
  const { value, message } = useField(name);
  return (
    <div className="mt-6">
      <FieldHead id={name} label={label} hint={hint} error={message} />
      <textarea
        className="input"
        id={name}
        name={name}
        rows={4}
        maxLength={maxLength}
        defaultValue={value}
        {...describedBy(name, true, message)}
      />
    </div>
  );
}
