"use client";

import { ActionForm, type FormAction, useField } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import type { Compared } from "#lib/costs/reconcile";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Said = Pick<
  Words["consoleUsage"],
  | ("provider" | "invoiceFile" | "invoiceHint" | "invoiceSubmit" | "invoiceColumns" | "invoiceLines" | "invoiceTooMany")
  | ("invoiceSame" | "invoiceDiffers" | "day" | "reason" | "messages" | "difference")
  | ("not_ours" | "not_charged" | "segmentsDiffer" | "priceDiffer" | "priceMissing" | "messageIds" | "moreIds" | "differencesFile")
>;
type Props = { action: FormAction; title: string; copy: FormCopy; form: string; providers: readonly string[]; words: Said };

/** What the comparison found; it stands in the answer of the form alone. */
function Found({ words, copy }: Pick<Props, "words" | "copy">) {
  const { value } = useField("compared");
  const { value: file = "" } = useField("differences");
  if (!value) return null;
  const found = JSON.parse(value) as Compared;
  const number = (one: number) => one.toLocaleString(copy.locale, { maximumFractionDigits: 2 });
  if ("problem" in found) {
    const problems = { columns: words.invoiceColumns, days: words.invoiceTooMany };
    const said = found.problem === "lines" ? fill(words.invoiceLines, { lines: found.lines.join(", ") }) : problems[found.problem];
    return (
      <p role="alert" className="mt-4 border-l-[3px] border-shu bg-shu/6 px-4 py-3">
        {said}
      </p>
    );
  }
  const { differences } = found;
  const lines = number(found.lines);
  if (differences.length === 0)
    return (
      <p role="status" className="mt-4 border-l-[3px] border-matsu bg-matsu/9 px-4 py-3">
        {fill(words.invoiceSame, { lines })}
      </p>
    );
  const reasons = {
    not_ours: words.not_ours,
    not_charged: words.not_charged,
    segments: words.segmentsDiffer,
    price: words.priceDiffer,
    unpriced: words.priceMissing,
  };
  return (
    <div role="status" className="mt-4 overflow-x-auto">
      <p>{fill(words.invoiceDiffers, { lines })}</p>
      <table className="mt-2 w-full border-t-2 border-ink text-[0.9375rem]">
        <thead>
          <tr className="border-b border-edge text-[0.8125rem] text-ink-2">
            <th scope="col" className="px-1 py-1 text-start">
              {words.day}
            </th>
            <th scope="col" className="px-1 py-1 text-start">
              {words.reason}
            </th>
            <th scope="col" className="px-1 py-1 text-end">
              {words.messages}
            </th>
            <th scope="col" className="px-1 py-1 text-end">
              {words.difference}
            </th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ day, reason, messages, yen, ids }) => (
            <tr key={`${day} ${reason}`} className="border-b border-line">
              <th scope="row" className="px-1 py-1 text-start font-normal tabular-nums">
                {day}
              </th>
              <td className="px-1 py-1">
                {reasons[reason]}
                <details>
                  <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">
                    {words.messageIds}{" "}
                    <span className="sr-only">
                      {day} {reasons[reason]}
                    </span>
                  </summary>
                  <ul className="break-all font-mono text-sm">
                    {ids.map((id) => (
                      <li key={id}>{id}</li>
                    ))}
                  </ul>
                  {messages > ids.length ? <p className="hint">{fill(words.moreIds, { count: number(messages - ids.length) })}</p> : null}
                </details>
              </td>
              <td className="px-1 py-1 text-end tabular-nums">{number(messages)}</td>
              <td className="px-1 py-1 text-end tabular-nums">{number(yen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-3">
        <a
          className="inline-flex min-h-11 items-center"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(`\uFEFF${file}`)}`}
          download="sekisho-invoice-differences.csv"
        >
          {words.differencesFile}
        </a>
      </p>
    </div>
  );
}

/** Takes a provider's list of charges and shows where it differs from what was sent. */
export const InvoiceForm = ({ action, title, copy, form, providers, words }: Props) => (
  <ActionForm
    action={action}
    title={title}
    copy={copy}
    labels={{ provider: words.provider, invoice: words.invoiceFile }}
    submit={words.invoiceSubmit}
    act="invoice"
    form={form}
    quiet
  >
    <Select name="provider" label={words.provider} options={providers.map((value) => ({ value, label: value }))} required />
    <Field name="invoice" type="file" label={words.invoiceFile} hint={words.invoiceHint} accept=".csv,text/csv" required />
    <Found words={words} copy={copy} />
  </ActionForm>
);
