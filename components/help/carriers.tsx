import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { sender: string; words: Words["help"] };

const carriers = ["docomo", "au", "softbank", "rakuten", "ymobile", "uq", "mvno", "dataOnly", "foreign"] as const;

/** Per carrier or kind of SIM: which settings stop a text, and what to do about it; each opens without JavaScript. */
export const Carriers = ({ sender, words }: Props) => (
  <section aria-labelledby="carriers">
    <h2 id="carriers">{words.carriersTitle}</h2>
    <p className="hint">{words.carriersLead}</p>
    <div className="carriers">
      {carriers.map((one) => (
        <details key={one} id={one}>
          <summary>{words[one]}</summary>
          <p>{words[`${one}Blocks`]}</p>
          <p className="do">{fill(words[`${one}Do`], { sender })}</p>
        </details>
      ))}
    </div>
  </section>
);
