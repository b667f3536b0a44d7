import type { Words } from "#lib/words/ja";
import { written } from "#lib/words/number";

type ChooserProps = { addresses: string[]; to: string | null; words: Words["demo"] };

/** Selects the phone or mailbox by links and a GET form, because the selection changes no state. */
export const Chooser = ({ addresses, to, words }: ChooserProps) => (
  <section aria-labelledby="to">
    <h2 id="to">{words.to}</h2>
    <ul className="chips">
      <li>
        <a href="/demo/phone" aria-current={to === null ? "true" : undefined}>
          {words.everyone}
        </a>
      </li>
      {addresses.map((address) => (
        <li key={address}>
          <a href={`/demo/phone?to=${encodeURIComponent(address)}`} aria-current={address === to ? "true" : undefined}>
            {written(address)}
          </a>
        </li>
      ))}
    </ul>
    <form method="get" action="/demo/phone" className="mt-3 flex gap-2">
      <label className="sr-only" htmlFor="address">
        {words.toHint}
      </label>
      <input className="input mt-0! min-h-11! py-1.5!" id="address" name="to" placeholder={words.toHint} autoComplete="off" />
      <button type="submit" className="button quiet small shrink-0">
        {words.choose}
      </button>
    </form>
    <p className="hint mt-2">
      <span className="if-live">{words.live}</span>{" "}
      <a className="tap" href={to ? `/demo/phone?to=${encodeURIComponent(to)}` : "/demo/phone"}>
        {words.reload}
      </a>
    </p>
  </section>
);

const numbers = ["0000", "0001", "0002", "0003", "0004", "0005", "0006", "0007"] as const;

/** Lists the numbers with a fixed behaviour, one sentence each. */
export const Numbers = ({ words }: { words: Words["demo"] }) => (
  <section aria-labelledby="numbers" className="mt-8">
    <h2 id="numbers">{words.numbers}</h2>
    <p className="hint">{words.numbersLead}</p>
    <dl className="numbers">
      {numbers.map((digits) => (
        <div key={digits}>
          <dt>
            090-1234-<b>{digits}</b>
          </dt>
          <dd>{words[`n${digits}`]}</dd>
        </div>
      ))}
      <div>
        <dt>03-1234-5678</dt>
        <dd>{words.nLandline}</dd>
      </div>
    </dl>
  </section>
);
