import { Facts } from "#components/ui/facts";
import type { Words } from "#lib/words/ja";

/** `noTexts`: a sign-up may end without a phone. */
type Props = { calls: boolean; noTexts: boolean; words: Words["help"] };

/** Lists the ways that need no text. */
export const OtherWays = ({ calls, noTexts, words }: Props) => (
  <section aria-labelledby="other-ways">
    <h2 id="other-ways" tabIndex={-1} className="text-lg">
      {words.waysTitle}
    </h2>
    <p className="hint">{words.waysLead}</p>
    <Facts
      className="mt-3"
      facts={([...(calls ? (["Voice"] as const) : []), "Other", ...(noTexts ? (["NoTexts"] as const) : []), "Recovery"] as const).map(
        (way) => ({
          label: words[`way${way}`],
          value: words[`way${way}Text`],
        }),
      )}
    />
  </section>
);
