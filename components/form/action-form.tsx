"use client";

import { type ComponentProps, createContext, type FormEvent, type ReactNode, useActionState, useContext } from "react";
import { Notice } from "#components/form/notice";
import { FormTitle, fieldMessages, type Labels, Summary } from "#components/form/summary";
import type { FormState } from "#lib/web/form-state";
import type { FormCopy } from "#lib/words/form-copy";

export type FormAction = (state: FormState, form: FormData) => Promise<FormState>;

/** Attributes that a form library adds to an input. */
type Attached = Pick<ComponentProps<"input">, "onChange" | "onBlur" | "ref">;
type Context = {
  values: Record<string, string>;
  messages: Record<string, string>;
  round: number;
  /** Set in forms that validate while they are filled in. */
  attach?: (name: string) => Attached;
};
export const FormContext = createContext<Context>({ values: {}, messages: {}, round: 0 });

/** Returns the typed value of a field, its error, and the attributes that a form library adds to its input. */
export function useField(name: string) {
  const { values, messages, round, attach } = useContext(FormContext);
  return { value: values[name], message: messages[name], round, attached: attach?.(name) ?? {} };
}

type Props = {
  action: FormAction;
  title: string;
  copy: FormCopy;
  labels: Labels;
  submit: string;
  /** What the button says it does, where one page has several acts. */
  act?: string;
  /** The form name of the challenge or session that the form was rendered for. */
  form?: string;
  /** Shown above the form until it is submitted. */
  notice?: string | null;
  /** True while another form of the page is the recommended one. */
  quiet?: boolean;
  children: ReactNode;
};

/** A form that the server validates: the same action answers with and without JavaScript, with errors in a summary and beside the fields. */
export function ActionForm({ action, title, copy, labels, submit, act, form, notice, quiet = false, children }: Props) {
  // Without JavaScript a request that names two actions delivers the other form's result here, which may be undefined.
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
        <button
          type="submit"
          {...(act ? { name: "act", value: act } : {})}
          className={quiet ? "button quiet mt-6" : "button mt-6"}
          aria-disabled={pending}
        >
          {submit}
        </button>
      </form>
    </FormContext>
  );
}
