import type { Words } from "#lib/words/ja";

type Props = { service: string; restart: string; words: Words["verify"] };

/** A challenge with nothing left to answer it with: every phone and the recovery codes are disabled. */
export const NoWay = ({ service, restart, words }: Props) => (
  <div>
    <title>{`${words.titleNoWay} – ${service}`}</title>
    <h1>{words.titleNoWay}</h1>
    <p className="lead">{words.noWay}</p>
    <a className="button quiet mt-6" href="/sign-in">
      {restart}
    </a>
  </div>
);
