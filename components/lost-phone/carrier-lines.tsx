import { Disclosure } from "#components/ui/disclosure";
import { Facts } from "#components/ui/facts";
import { carrierLines } from "#lib/words/carriers";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { locale: "ja" | "en"; words: Words["lostPhone"]; date: string; open?: boolean };

/** The lines at which carriers stop a lost phone's line, with their hours and the day on which they were confirmed. */
export const CarrierLines = ({ locale, words, date, open = false }: Props) => (
  <Disclosure id="stop-line" summary={words.simTitle} open={open}>
    <p>{words.simLead}</p>
    <Facts
      className="mt-2"
      facts={carrierLines.map(({ name, number, hours, how }) => ({
        label: name[locale],
        value: (
          <>
            <a className="inline-flex min-h-11 items-center font-bold" href={`tel:${number[locale].replaceAll("-", "")}`}>
              {number[locale]}
            </a>{" "}
            <span className="whitespace-nowrap text-sm">{hours[locale]}</span>
            <span className="hint block">{how[locale]}</span>
          </>
        ),
      }))}
    />
    <p className="hint mt-2">{words.simOther}</p>
    <p className="hint">{fill(words.simSeen, { date })}</p>
  </Disclosure>
);
