import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { sender: string | null; calls: boolean; words: Words["help"] };

type Carrier = (typeof carriers)[number];
const carriers = ["docomo", "au", "softbank", "rakuten", "ymobile", "uq", "mvno", "dataOnly", "foreign"] as const;

/** What to do: with the number to let through where it is known, and by a call where one can be carried. */
function whatToDo(one: Carrier, { sender, calls, words }: Props): string {
  if (one === "docomo" && !sender) return words.docomoDoAny;
  const byCall: Partial<Record<Carrier, string>> = {
    ymobile: words.ymobileDoCall,
    mvno: words.mvnoDoCall,
    dataOnly: words.dataOnlyDoCall,
    foreign: words.foreignDoCall,
  };
  return (calls && byCall[one]) || fill(words[`${one}Do`], { sender: sender ?? "" });
}

/** Per carrier or kind of SIM: which settings stop a text, and what to do about it; each opens without JavaScript. */
export const Carriers = ({ sender, calls, words }: Props) => (
  <section aria-labelledby="carriers">
    <h2 id="carriers">{words.carriersTitle}</h2>
    <p className="hint">{words.carriersLead}</p>
    <div className="carriers">
      {carriers.map((one) => (
        <details key={one} id={one}>
          <summary>{words[one]}</summary>
          <p>{words[`${one}Blocks`]}</p>
          <p className="do">{whatToDo(one, { sender, calls, words })}</p>
        </details>
      ))}
    </div>
  </section>
);
