import { getFormatter, getTranslations } from "next-intl/server";
import { readClock } from "#lib/console/setup";
import { type OwnRate, ownTextRates, today } from "#lib/console/usage";
import { monthlyYen, priceAt } from "#lib/costs/estimate";
import { type Fact, isOld, type Offer, offers, printedTiers } from "#lib/costs/offers";
import { listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { dayWords } from "#lib/web/when";

const questions = [
  "domesticRoute",
  "voice",
  "receipts",
  "console",
  "intrusionDetection",
  "encryptedAtRest",
  "supportHours",
  "minimumTerm",
  "initialFee",
  "chargedWhenUndelivered",
] as const;
type Question = (typeof questions)[number];

/** Message services by the questions of the founding article. A cost is printed from the own rate or from the service's own price list alone. */
export async function Offers({ texts }: { texts: number }) {
  const t = await getTranslations("consoleSetup");
  const format = await getFormatter();
  const now = await readClock();
  const own = await ownByKind();
  const head: Record<Question, string> = {
    domesticRoute: t("domesticRoute"),
    voice: t("voice"),
    receipts: t("receipts"),
    console: t("consoleOf"),
    intrusionDetection: t("intrusionDetection"),
    encryptedAtRest: t("encryptedAtRest"),
    supportHours: t("supportHours"),
    minimumTerm: t("minimumTerm"),
    initialFee: t("initialFee"),
    chargedWhenUndelivered: t("charged"),
  };
  const cost = (offer: Offer): string => {
    const rate = offer.kind === null ? undefined : own.get(offer.kind);
    if (rate) return t("costOwn", { yen: format.number(Math.round(rate.price * texts + rate.fee)), price: format.number(rate.price) });
    const tiers = printedTiers(offer);
    const yen = tiers && monthlyYen({ tiers, monthlyFee: offer.monthlyFee?.value ?? 0 }, texts);
    const at = tiers && priceAt(tiers, texts);
    return yen === null || at === null ? t("unknown") : t("costPrinted", { yen: format.number(yen), price: at });
  };
  return (
    <section aria-labelledby="offers" className="mt-10">
      <h2 id="offers" className="text-lg">
        {t("offers")}
      </h2>
      <p className="hint mb-3">{t("offersLead")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section className="overflow-x-auto" tabIndex={0} aria-label={t("offersTable")} data-scrolls>
        <table className="min-w-full border-t-2 border-ink text-sm">
          <thead>
            <tr className="border-b border-edge">
              {[t("service"), t("cost"), ...questions.map((question) => head[question])].map((label) => (
                <th key={label} scope="col" className="min-w-28 px-2 py-2 text-start text-[0.8125rem] text-ink-2">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {offers.map((offer) => (
              <tr key={offer.name} className="border-b border-line align-top">
                <th scope="row" className="min-w-36 px-2 py-2 text-start">
                  {offer.name}
                </th>
                <td className="min-w-36 px-2 py-2">
                  {cost(offer)}
                  <OwnOrigin rate={offer.kind === null ? undefined : own.get(offer.kind)} now={now} />
                  {offer.tiers && !(offer.kind && own.has(offer.kind)) ? <Origin fact={offer.tiers} now={now} /> : null}
                </td>
                {questions.map((question) => (
                  <td key={question} className="px-2 py-2">
                    <Answer question={question} fact={offer[question]} now={now} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

type Own = Pick<OwnRate, "price" | "fee"> & { begins: string | null };

/** The operator's rate of each kind: one with its day, as usage is reckoned, before the one that stands beside the account. */
async function ownByKind(): Promise<Map<string, Own>> {
  const beside = (await listProviderAccounts()).flatMap(({ kind, price }) =>
    price === null ? [] : [[kind, { price: Number(price), fee: 0, begins: null }] as const],
  );
  const dated = (await ownTextRates(await today())).flatMap(({ kind, ...rate }) => (kind === null ? [] : [[kind, rate] as const]));
  return new Map<string, Own>([...beside, ...dated]);
}

/** Since when an own rate counts, and whether that is long ago. */
async function OwnOrigin({ rate, now }: { rate: Own | undefined; now: Date }) {
  if (!rate?.begins) return null;
  const t = await getTranslations("consoleSetup");
  const day = await dayWords();
  return (
    <small className="block text-ink-2">
      {t("ownSince", { day: day(`${rate.begins}T00:00:00+09:00`) })}
      {isOld({ page: null, seen: rate.begins }, now) ? <b className="block text-kohaku">{t("ownOld")}</b> : null}
    </small>
  );
}

async function Answer({ question, fact, now }: { question: Question; fact: Fact<boolean | number | string> | null; now: Date }) {
  const t = await getTranslations("consoleSetup");
  const format = await getFormatter();
  if (!fact || (question === "initialFee" && fact.mark !== "printed")) return <span className="text-ink-2">{t("unknown")}</span>;
  const { value } = fact;
  const said =
    typeof value === "boolean"
      ? t(value ? "yes" : "no")
      : question === "initialFee"
        ? t("yen", { yen: format.number(Number(value)) })
        : question === "minimumTerm"
          ? t("months", { count: Number(value) })
          : String(value);
  return (
    <>
      {said}
      <Origin fact={fact} now={now} />
    </>
  );
}

/** Where a fact was read, when, and whether it is old. */
async function Origin({ fact, now }: { fact: Fact<unknown>; now: Date }) {
  const t = await getTranslations("consoleSetup");
  const day = await dayWords();
  return (
    <small className="block text-ink-2">
      <a href={fact.source} rel="noreferrer">
        {t("source")}
      </a>{" "}
      {t("seen", { day: day(`${fact.seen}T00:00:00+09:00`) })}
      {fact.page ? <span className="block">{t("pageOf", { day: day(`${fact.page}T00:00:00+09:00`) })}</span> : null}
      {fact.mark === "second_hand" ? <b className="block">{t("secondHand")}</b> : null}
      {isOld(fact, now) ? <b className="block text-kohaku">{t("old")}</b> : null}
    </small>
  );
}
