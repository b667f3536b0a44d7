import type { InputHTMLAttributes, ReactNode } from "react";
import { describedBy, FieldError } from "#components/form/field-error";

export type FieldProps = {
  name: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** The id, for a page that has the name twice; the default is the name, and error summaries link to it. */
  id?: string;
};

type HeadProps = Pick<FieldProps, "label" | "hint" | "error"> & { id: string };

/** The label, the hint and the error of a field. */
export const FieldHead = ({ id, label, hint, error }: HeadProps) => (
  <>
    <label className="label" htmlFor={id}>
      {label}
    </label>
    {hint ? (
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
    ) : null}
    <FieldError name={id} message={error} />
  </>
);

type Props = FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id"> & { after?: ReactNode };

/** A labelled input linked to its hint and its error by ids. */
export const TextField = ({ name, id = name, label, hint, error, after, ...input }: Props) => (
  <div className="mt-5">
    <FieldHead id={id} label={label} hint={hint} error={error} />
    <div className="with-toggle">
      <input className="input" id={id} name={name} {...describedBy(id, !!hint, error)} {...input} />
      {after}
    </div>
  </div>
);
