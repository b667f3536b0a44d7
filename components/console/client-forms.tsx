"use client";

import { ActionForm, type FormAction, useField } from "#components/form/action-form";
import { CheckField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { TextArea } from "#components/form/text-area";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Props = { action: FormAction; copy: FormCopy; form: string; words: Words["consoleClients"] };

/** The secret that a form has just made. It stands in the answer of the form alone, so that no reload shows it again. */
function MadeSecret({ words, title }: { words: Words["consoleClients"]; title: (name: string) => string }) {
  const [{ value: name = "" }, { value: clientId }, { value: secret }] = [useField("made"), useField("clientId"), useField("secret")];
  if (!secret) return null;
  return (
    <div role="status" className="mt-4 border-l-[3px] border-matsu bg-matsu/9 px-4 py-3 text-[0.9375rem]">
      <p className="font-bold break-words">{title(name)}</p>
      <p className="mt-1">
        {words.clientId}: <code className="break-all">{clientId}</code>
      </p>
      <p className="my-1">
        {words.secret}: <code className="break-all">{secret}</code>
      </p>
      <p>{words.once}</p>
    </div>
  );
}

/** Registers a service. */
export const AddClientForm = ({ action, copy, form, words }: Props) => (
  <ActionForm
    action={action}
    title={words.add}
    copy={copy}
    labels={{
      name: words.name,
      redirectUris: words.redirect,
      postLogoutRedirectUris: words.logoutReturn,
      backchannelLogoutUri: words.backchannel,
    }}
    submit={words.addSubmit}
    act="add"
    form={form}
    quiet
  >
    <Field name="name" label={words.name} hint={words.nameHint} autoComplete="off" maxLength={80} required />
    <TextArea name="redirectUris" label={words.redirect} hint={words.redirectHint} required />
    <TextArea name="postLogoutRedirectUris" label={words.logoutReturn} hint={words.logoutReturnHint} />
    <Field name="backchannelLogoutUri" label={words.backchannel} hint={words.backchannelHint} type="url" autoComplete="off" />
    <CheckField name="firstParty" label={words.firstParty} hint={words.firstPartyHint} optional />
    <CheckField name="pairwise" label={words.pairwise} hint={words.pairwiseHint} optional />
    <MadeSecret words={words} title={(name) => fill(words.made, { name })} />
  </ActionForm>
);

/** Makes another secret of a service. */
export const RotateClientForm = ({ action, copy, form, words, client }: Props & { client: { id: string; name: string } }) => (
  <ActionForm action={action} title={words.rotate} copy={copy} labels={{}} submit={words.rotate} act="rotate" form={form} quiet>
    <input type="hidden" name="client" value={client.id} />
    <p className="text-sm">{words.rotateWhat}</p>
    <MadeSecret words={words} title={() => fill(words.rotated, { name: client.name })} />
  </ActionForm>
);
