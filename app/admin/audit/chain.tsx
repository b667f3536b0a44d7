import { getFormatter, getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";
import { Facts } from "#components/ui/facts";
import { type ChainState, readChainState } from "#lib/console/chain-state";
import { whenWords } from "#lib/web/when";

const tones = { whole: "good", under_way: "info", never: "info", broken: "danger" } as const;

/** Whether the log is what was written, until where that was verified, and its last anchor outside the database. */
export async function Chain() {
  const chain = await readChainState();
  const { consoleAudit: words } = await getMessages();
  const t = await getTranslations("consoleAudit");
  const when = await whenWords();
  const format = await getFormatter();
  const count = (text: string) => format.number(Number(text));
  const { state, verified, sealed, wholeAt, anchor } = chain;
  return (
    <Callout id="chain" title={words.chain} tone={tones[state]}>
      <p>
        <b>{await verdictOf(chain)}</b> {t("until", { verified: count(verified), sealed: count(sealed) })}
      </p>
      <Facts
        className="mt-2"
        facts={[
          ...(wholeAt ? [{ label: words.wholeAt, value: when(wholeAt) }] : []),
          {
            label: words.anchor,
            value: anchor ? t("anchorAt", { position: count(anchor.position), time: when(anchor.at) }) : words.noAnchor,
          },
        ]}
      />
    </Callout>
  );
}

async function verdictOf({ state, broken }: ChainState): Promise<string> {
  const t = await getTranslations("consoleAudit");
  if (!broken) return t(state);
  return broken.why === "progress" ? t("brokenNote") : t("broken", { event: broken.event });
}
