import { Field } from "#components/form/field";

type Props = { words: { overlap: string; overlapHint: string }; hours: number };

/** The hours for which the secret before a rotation goes on beside the new one. */
export const OverlapField = ({ words, hours }: Props) => (
  <Field
    name="overlap"
    label={words.overlap}
    hint={words.overlapHint}
    inputMode="numeric"
    autoComplete="off"
    maxLength={3}
    defaultValue={String(hours)}
    required
  />
);
