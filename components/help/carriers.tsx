import { Callout } from "#components/ui/callout";
import { Disclosure } from "#components/ui/disclosure";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { sender: string | null; calls: boolean; words: Words["help"] };

type Carrier = (typeof carriers)[number];
const carriers = ["docomo", "au", "softbank", "rakuten", "ymobile", "uq", "mvno", "dataOnly", "foreign"] as const;

/** Returns the advice for a carrier: the number to allow if the sender is known, and a call if calls are offered. */
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

/** Lists, per carrier or kind of SIM, the settings that block texts and the remedy; each entry opens without JavaScript. */
export const Carriers = ({ sender, calls, words }: Props) => (
  <section aria-labelledby="carriers">
    <h2 id="carriers" className="text-lg">
      {words.carriersTitle}
    </h2>
    <p className="hint">{words.carriersLead}</p>
    <div className="mt-3 border-t border-line">
      {carriers.map((one) => (
        <Disclosure key={one} id={one} summary={words[one]} listed>
          <p>{words[`${one}Blocks`]}</p>
          <Callout className="mt-2">
            <p>{whatToDo(one, { sender, calls, words })}</p>
          </Callout>
        </Disclosure>
      ))}
    </div>
  </section>
);
