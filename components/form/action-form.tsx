"use client";

import { createContext, type FormEvent, type ReactNode, useActionState, useContext } from "react";
import { Notice } from "#components/form/notice";
import { FormTitle, fieldMessages, type Labels, Summary } from "#components/form/summary";
import type { FormState } from "#lib/web/form-state";
import type { FormCopy } from "#lib/words/form-copy";

export type FormAction = (state: FormState, form: FormData) => Promise<FormState>;

type Context = { values: Record<string, string>; messages: Record<string, string>; round: number };
const FormContext = createContext<Context>({ values: {}, messages: {}, round: 0 });

/** What was typed into a field, and what is wrong with it. */
export function useField(name: string) {
  const { values, messages, round } = useContext(FormContext);
  return { value: values[name], message: messages[name], round };
}

type Props = {
  action: FormAction;
  title: string;
  copy: FormCopy;
  labels: Labels;
  submit: string;
  /** The name of the challenge or session that the form is drawn for. */
  form?: string;
  /** Said above the form until it is sent. */
  notice?: string | null;
  children: ReactNode;
};

/** A form whose judge is the server: with or without JavaScript the same action answers, errors on top and beside the fields. */
export function ActionForm({ action, title, copy, labels, submit, form, notice, children }: Props) {
  // Without a script the answer of another form's action, which may be nothing, comes here if a request names both.
  const [state = {}, send, pending] = useActionState(action, {});
  const once = (event: FormEvent) => {
    if (pending) event.preventDefault();
  };
  const context = { values: state.values ?? {}, messages: fieldMessages(state, copy, Object.keys(labels)), round: state.round ?? 0 };
  return (
    <FormContext value={context}>
      <FormTitle state={state} copy={copy} title={title} />
      {notice && !state.round ? <Notice text={notice} /> : null}
      <Summary state={state} copy={copy} labels={labels} />
      <form action={send} onSubmit={once} noValidate>
        {form ? <input type="hidden" name="form" value={form} /> : null}
        {children}
        <button type="submit" className="button mt-6" aria-disabled={pending}>
          {submit}
        </button>
      </form>
    </FormContext>
  );
}
