"use client";

import { OverlapField } from "#components/console/overlap-field";
import { ActionForm, type FormAction, useField } from "#components/form/action-form";
import { CheckField, RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { TextArea } from "#components/form/text-area";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Props = { action: FormAction; copy: FormCopy; form: string; words: Words["consoleClients"] };

/** The secret that a form has just made. It stands in the answer of the form alone, so that no reload shows it again. */
function Made({ words, title }: { words: Words["consoleClients"]; title: (name: string) => string }) {
  const [{ value: name = "" }, { value: clientId }, { value: secret }] = [useField("made"), useField("clientId"), useField("secret")];
  if (!clientId) return null;
  return (
    <div role="status" className="mt-4 border-l-[3px] border-matsu bg-matsu/9 px-4 py-3 text-[0.9375rem]">
      <p className="font-bold break-words">{title(name)}</p>
      <p className="mt-1">
        {words.clientId}: <code className="break-all">{clientId}</code>
      </p>
      {secret ? (
        <p className="my-1">
          {words.secret}: <code className="break-all">{secret}</code>
        </p>
      ) : null}
      <p>{secret ? words.once : words.secretless}</p>
    </div>
  );
}

const LEVELS = ["none", "sms", "app", "passkey"] as const;

const labelsOf = (words: Words["consoleClients"]) => ({
  name: words.name,
  redirectUris: words.redirect,
  postLogoutRedirectUris: words.logoutReturn,
  backchannelLogoutUri: words.backchannel,
});

/** What a service is registered with, as it is now or empty. */
type Now = {
  name: string;
  redirectUris: string;
  postLogoutRedirectUris: string;
  backchannelLogoutUri: string;
  level: string;
  kind: "own" | "other";
};

function Addresses({ words, now, redirectHint }: { words: Words["consoleClients"]; now?: Now; redirectHint: string }) {
  const rows = (text = "") => Math.min(10, Math.max(2, text.split("\n").length));
  return (
    <>
      <Field name="name" label={words.name} hint={words.nameHint} autoComplete="off" maxLength={80} defaultValue={now?.name} required />
      <TextArea
        name="redirectUris"
        label={words.redirect}
        hint={redirectHint}
        rows={rows(now?.redirectUris)}
        defaultValue={now?.redirectUris}
        required
      />
      <TextArea
        name="postLogoutRedirectUris"
        label={words.logoutReturn}
        hint={words.logoutReturnHint}
        rows={rows(now?.postLogoutRedirectUris)}
        defaultValue={now?.postLogoutRedirectUris}
      />
      <Field
        name="backchannelLogoutUri"
        label={words.backchannel}
        hint={words.backchannelHint}
        type="url"
        autoComplete="off"
        defaultValue={now?.backchannelLogoutUri}
      />
      <Select
        name="level"
        label={words.level}
        hint={words.levelHint}
        options={LEVELS.map((value) => ({ value, label: words[`level_${value}`] }))}
        defaultValue={now?.level ?? "none"}
      />
    </>
  );
}

/** Registers a service. */
export const AddClientForm = ({ action, copy, form, words }: Props) => (
  <ActionForm action={action} title={words.title} copy={copy} labels={labelsOf(words)} submit={words.addSubmit} act="add" form={form} quiet>
    <RadioField
      name="profile"
      legend={words.profile}
      options={(["web", "browser", "native"] as const).map((value) => ({
        value,
        label: words[`profile_${value}`],
        hint: words[`profile_${value}Hint`],
      }))}
    />
    <p className="hint mt-2">{words.profileLater}</p>
    <Addresses words={words} redirectHint={words.redirectHintAny} />
    <CheckField name="firstParty" label={words.firstParty} hint={words.firstPartyHint} optional />
    <CheckField name="pairwise" label={words.pairwise} hint={words.pairwiseHint} optional />
    <Made words={words} title={(name) => fill(words.made, { name })} />
  </ActionForm>
);

type OfOne = Props & { client: { id: string; name: string } };

/** Changes what a service is registered with. */
export const ChangeClientForm = ({ action, copy, form, words, client, edition, now, app }: OfOne & ChangeProps) => (
  <ActionForm
    action={action}
    title={client.name}
    copy={copy}
    labels={labelsOf(words)}
    submit={words.changeSubmit}
    act="change"
    form={form}
    quiet
  >
    <input type="hidden" name="client" value={client.id} />
    <input type="hidden" name="edition" value={edition} />
    <Addresses words={words} now={now} redirectHint={app ? words.redirectHintApp : words.redirectHint} />
    <Select
      name="kind"
      label={words.kind}
      options={(["own", "other"] as const).map((value) => ({ value, label: words[value] }))}
      defaultValue={now.kind}
    />
  </ActionForm>
);
type ChangeProps = { edition: string; now: Now; app: boolean };

/** Makes another secret of a service. */
export const RotateClientForm = ({ action, copy, form, words, client, overlap }: OfOne & { overlap: number }) => (
  <ActionForm
    action={action}
    title={client.name}
    copy={copy}
    labels={{ overlap: words.overlap }}
    submit={words.rotate}
    act="rotate"
    form={form}
    quiet
  >
    <input type="hidden" name="client" value={client.id} />
    <OverlapField words={words} hours={overlap} />
    <Made words={words} title={() => fill(words.rotated, { name: client.name })} />
  </ActionForm>
);
