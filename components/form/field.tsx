"use client";

import type { InputHTMLAttributes, ReactNode } from "react";
import { useField } from "#components/form/action-form";
import { describedBy, FieldError } from "#components/form/field-error";

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id"> & {
  name: string;
  label: string;
  hint?: ReactNode;
  after?: ReactNode;
};

/** A labelled input linked to its hint and its error by ids. */
export function Field({ name, label, hint, after, ...input }: Props) {
  const { value, message } = useField(name);
  return (
    <div className="mt-5">
      <label className="label" htmlFor={name}>
        {label}
      </label>
      {hint ? (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
      <FieldError name={name} message={message} />
      <div className="with-toggle">
        <input className="input" id={name} name={name} defaultValue={value} {...describedBy(name, !!hint, message)} {...input} />
        {after}
      </div>
    </div>
  );
}
