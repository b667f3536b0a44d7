import { FactorLinks } from "#components/sign-up/factor-links";
import { Callout } from "#components/ui/callout";
import type { Words } from "#lib/words/ja";

type Props = { allowed: readonly ("phone" | "totp" | "passkey")[]; words: Words["noTexts"] };

/** Says to people whose plan has no texts, before one fails, how else they can register; nothing where there is no other way. */
export function WithoutTexts({ allowed, words }: Props) {
  const [app, passkey] = [allowed.includes("totp"), allowed.includes("passkey")];
  if (!app && !passkey) return null;
  return (
    <Callout id="no-texts" title={words[app && passkey ? "both" : app ? "app" : "passkey"]} className="mb-6">
      <p>{words.plans}</p>
      <FactorLinks kinds={allowed.filter((kind) => kind !== "phone")} words={words} />
    </Callout>
  );
}
