"use client";

import { type ChangeEvent, useState } from "react";
import { useField } from "#components/form/action-form";
import { TextField } from "#components/ui/text-field";

type Props = { label: string; hint: string; tooLarge: string; bytes: number };

/** The field of a file of members. A file that is too large is told before it is sent; without scripts the server says so. */
export function MemberFile({ label, hint, tooLarge, bytes }: Props) {
  const { message } = useField("members");
  const [large, setLarge] = useState(false);
  const judge = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const found = (currentTarget.files?.[0]?.size ?? 0) > bytes;
    if (found) currentTarget.value = "";
    setLarge(found);
  };
  return (
    <TextField
      name="members"
      type="file"
      label={label}
      hint={hint}
      error={large ? tooLarge : message}
      accept=".csv,.json,text/csv,application/json"
      onChange={judge}
      required
    />
  );
}
