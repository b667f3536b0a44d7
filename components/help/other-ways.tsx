import type { Words } from "#lib/words/ja";

type Props = { calls: boolean; words: Words["help"] };

/** Lists the ways that need no text. */
export const OtherWays = ({ calls, words }: Props) => (
  <section aria-labelledby="other-ways">
    <h2 id="other-ways" tabIndex={-1}>
      {words.waysTitle}
    </h2>
    <p className="hint">{words.waysLead}</p>
    <dl className="way-list">
      {([...(calls ? (["Voice"] as const) : []), "Other", "Recovery"] as const).map((way) => (
        <div key={way}>
          <dt className="font-bold">{words[`way${way}`]}</dt>
          <dd>{words[`way${way}Text`]}</dd>
        </div>
      ))}
    </dl>
  </section>
);
