import type { ComponentProps } from "react";
import { OverlapField } from "#components/console/overlap-field";
import { SecretForm } from "#components/console/secret-form";
import { Select } from "#components/form/select";
import { Card } from "#components/ui/card";

type Words = { rotate: string; rotateLead: string; rotateSubmit: string; which: string; overlap: string; overlapHint: string };
type Form = ComponentProps<typeof SecretForm>;
type Props = Pick<Form, "title" | "copy" | "form" | "action"> & {
  words: Form["words"] & Words;
  /** The field that names what gets a new secret. */
  field: string;
  options: { value: string; label: string }[];
  /** The usual overlap in hours. */
  hours: number;
};

/** The form that makes a new secret, while the old one goes on for an overlap. */
export function RotateCard({ words: own, field, options, hours, ...form }: Props) {
  return (
    <Card id="rotate" title={own.rotate}>
      <p className="text-[0.9375rem]">{own.rotateLead}</p>
      <SecretForm {...form} words={own} act="rotate" submit={own.rotateSubmit} labels={{ [field]: own.which, overlap: own.overlap }}>
        <Select name={field} id={`rotate-${field}`} label={own.which} options={options} />
        <OverlapField words={own} hours={hours} />
      </SecretForm>
    </Card>
  );
}
