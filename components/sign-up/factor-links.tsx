import type { Words } from "#lib/words/ja";

type Kind = "phone" | "totp" | "passkey";
type Props = { kinds: readonly Kind[]; words: Words["noTexts"] };

const pages = { phone: "/sign-up/phone", totp: "/sign-up/app", passkey: "/sign-up/passkey" } as const;
const labels = { phone: "toPhone", totp: "toApp", passkey: "toPasskey" } as const;
const texts = { totp: "toAppText", passkey: "toPasskeyText" } as const;

/** The pages on which a sign-up may end by each of some kinds, a line each. */
export const FactorLinks = ({ kinds, words }: Props) => (
  <ul className="mt-2 grid gap-2">
    {kinds.map((kind) => (
      <li key={kind}>
        <a href={pages[kind]}>{words[labels[kind]]}</a>
        {kind === "phone" ? null : <span className="hint block">{words[texts[kind]]}</span>}
      </li>
    ))}
  </ul>
);
