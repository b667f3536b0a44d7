import { Mark } from "#components/mark";
import type { SheetFacts } from "#lib/words/code-sheet";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { facts: SheetFacts; words: Words["recovery"] };

/** Printed above the codes: their purpose, the account, the site and the date. */
export const SheetHead = ({ facts, words }: Props) => (
  <div className="print-only">
    <p className="sheet-brand">
      <Mark />
      {facts.service}
    </p>
    <h2>{words.list}</h2>
    <p>{words.sheetWhat}</p>
    <ul className="sheet-facts">
      <li>{fill(words.account, { account: facts.account })}</li>
      <li>{fill(words.issued, { date: facts.date })}</li>
      <li>{fill(words.site, { site: facts.site })}</li>
    </ul>
  </div>
);

/** Printed below the codes: how to use one. */
export const SheetFoot = ({ words }: Pick<Props, "words">) => (
  <div className="print-only">
    <h2 className="sheet-how">{words.sheetHow}</h2>
    <ol>
      <li>{words.sheetHow1}</li>
      <li>{words.sheetHow2}</li>
      <li>{words.sheetHow3}</li>
    </ol>
    <p>{words.sheetKeep}</p>
  </div>
);
