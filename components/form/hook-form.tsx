"use client";

import { type ComponentProps, type FormEvent, startTransition, useActionState, useRef, useState } from "react";
import { type FieldErrors, useForm } from "react-hook-form";
import { type ActionForm, FormContext } from "#components/form/action-form";
import { Notice } from "#components/form/notice";
import { FormTitle, fieldMessages, Summary } from "#components/form/summary";
import type { ErrorCode } from "#lib/errors";
import type { AccountForm } from "#lib/web/account-forms";
import { type FormState, nextRound } from "#lib/web/form-state";
import { fieldsOf, judgeFields } from "#lib/web/read-form";
import type { FormCopy } from "#lib/words/form-copy";

/** Loaded when a field is left or the form is sent: the schemas weigh as much as all the rest of their page. */
const schemas = () => import("#lib/web/account-forms");

type Fields = Record<string, string>;
type Props = Omit<ComponentProps<typeof ActionForm>, "labels"> & { labels: Fields; schema: AccountForm };

/** The messages for each field's schema errors. */
const messagesOf = (errors: FieldErrors<Fields>, { errors: words }: FormCopy): Fields =>
  Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, words[(error?.type ?? "invalid_input") as ErrorCode]]));

/**
 * A form with several fields that is judged by the server's schema while it is filled in, and by the server when it is sent. Without scripts it is the
 * same form with the same action.
 */
export function HookForm({ action, title, copy, labels, submit, form, notice, schema, children }: Props) {
  const [state = {}, send, pending] = useActionState(action, {});
  // The summary shows the errors of the last submission, so that it does not take the focus from a field that is being corrected.
  const [refused, setRefused] = useState<FormState | null>(null);
  const element = useRef<HTMLFormElement>(null);
  const { register, trigger, formState } = useForm<Fields>({
    mode: "onTouched",
    resolver: async () => {
      const { accountForms } = await schemas();
      const judged = judgeFields(accountForms[schema], element.current ? fieldsOf(new FormData(element.current), "form") : null);
      const codes = judged.ok ? {} : (judged.error.fields ?? {});
      return { values: {}, errors: Object.fromEntries(Object.entries(codes).map(([name, type]) => [name, { type }])) };
    },
  });
  const own = messagesOf(formState.errors, copy);
  const judge = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const data = new FormData(event.currentTarget);
    const { accountForms } = await schemas();
    const judged = judgeFields(accountForms[schema], fieldsOf(data, "form"));
    const right = await trigger();
    setRefused(right || judged.ok ? null : { ...judged.error, round: nextRound(refused ?? undefined) });
    if (right) startTransition(() => send(data));
  };
  const context = {
    values: state.values ?? {},
    messages: { ...fieldMessages(state, copy, Object.keys(labels)), ...own },
    round: state.round ?? 0,
    attach: (name: string) => {
      const { onChange, onBlur, ref } = register(name);
      return { onChange, onBlur, ref };
    },
  };
  return (
    <FormContext value={context}>
      <FormTitle state={refused ?? state} copy={copy} title={title} />
      {notice && !state.round ? <Notice text={notice} /> : null}
      <Summary state={refused ?? state} copy={copy} labels={labels} />
      <form ref={element} action={send} onSubmit={judge} noValidate>
        {form ? <input type="hidden" name="form" value={form} /> : null}
        {children}
        <button type="submit" className="button mt-6" aria-disabled={pending}>
          {submit}
        </button>
      </form>
    </FormContext>
  );
}
