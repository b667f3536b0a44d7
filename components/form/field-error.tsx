/** Returns the attributes that link an input to its hint and its error. */
export const describedBy = (name: string, hint: boolean, message: string | undefined) => ({
  "aria-invalid": message ? true : undefined,
  "aria-describedby": [hint ? `${name}-hint` : "", message ? `${name}-error` : ""].filter(Boolean).join(" ") || undefined,
});

export const FieldError = ({ name, message }: { name: string; message: string | undefined }) =>
  message ? (
    <p className="field-error" id={`${name}-error`}>
      {message}
    </p>
  ) : null;
