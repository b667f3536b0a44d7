"use client";

import type { ReactNode } from "react";
import { ActionForm, type FormAction, useField } from "#components/form/action-form";
import type { Labels } from "#components/form/summary";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";

type Words = { secretOf: string; secretOnce: string };
type Props = {
  action: FormAction;
  title: string;
  copy: FormCopy;
  form: string;
  labels: Labels;
  submit: string;
  act: string;
  words: Words;
  children: ReactNode;
};

/** The secret that this form has just made. It stands in the answer of the form alone, so that no reload shows it again. */
function MadeSecret({ words }: { words: Words }) {
  const [{ value: made }, { value: of = "" }] = [useField("made"), useField("madeFor")];
  if (!made) return null;
  return (
    <div role="status" className="mt-4 border-l-[3px] border-matsu bg-matsu/9 px-4 py-3 text-[0.9375rem]">
      <p className="font-bold break-all">{fill(words.secretOf, { name: of, url: of })}</p>
      <p className="my-1 font-mono break-all">
        <code>{made}</code>
      </p>
      <p>{words.secretOnce}</p>
    </div>
  );
}

/** A form that makes a secret and shows it once where it was asked for. */
export const SecretForm = ({ words, children, ...form }: Props) => (
  <ActionForm {...form} quiet>
    {children}
    <MadeSecret words={words} />
  </ActionForm>
);
