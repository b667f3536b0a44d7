"use client";

import { ActionForm, type FormAction, useField } from "#components/form/action-form";
import { RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import type { Choice } from "#components/ui/radio-group";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Props = {
  action: FormAction;
  title: string;
  copy: FormCopy;
  form: string;
  roles: Choice[];
  words: Pick<Words["consolePeople"], "email" | "pick" | "inviteSubmit" | "inviteUrl" | "inviteOnce">;
};

/** The URL of the invitation that this form has just made. It stands in the answer of the form alone, so that no reload shows it again. */
function MadeUrl({ words, roles }: Pick<Props, "words" | "roles">) {
  const [{ value: url }, { value: email = "" }, { value: role }] = [useField("url"), useField("invited"), useField("invitedRole")];
  if (!url) return null;
  const named = roles.find(({ value }) => value === role)?.label ?? "";
  return (
    <div role="status" className="mt-4 border-l-[3px] border-matsu bg-matsu/9 px-4 py-3 text-[0.9375rem]">
      <p className="font-bold">{fill(words.inviteUrl, { email, role: named })}</p>
      <p className="my-1 font-mono break-all">
        <code>{url}</code>
      </p>
      <p>{words.inviteOnce}</p>
    </div>
  );
}

/** Invites an address to a role, and shows the one-time URL where it was asked for. */
export const InviteForm = ({ action, title, copy, form, roles, words }: Props) => (
  <ActionForm
    action={action}
    title={title}
    copy={copy}
    labels={{ email: words.email }}
    submit={words.inviteSubmit}
    act="invite"
    form={form}
    quiet
  >
    <Field name="email" label={words.email} type="email" autoComplete="off" autoCapitalize="none" spellCheck={false} required />
    <RadioField name="role" legend={words.pick} options={roles} />
    <MadeUrl words={words} roles={roles} />
  </ActionForm>
);
