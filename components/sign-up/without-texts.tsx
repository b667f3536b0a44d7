import { FactorLinks } from "#components/sign-up/factor-links";
import { Callout } from "#components/ui/callout";
import type { Words } from "#lib/words/ja";

type Props = { allowed: readonly ("phone" | "totp" | "passkey")[]; words: Words["noTexts"] };

/** Tells people whose plan has no texts how else they can register, before a text fails; renders nothing without another way. */
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
