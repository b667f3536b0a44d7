import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Badge } from "#components/ui/badge";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import type { SeenFact } from "#lib/console/confirm-fact";
import { type Fact, type FactName, holding, mustHold, readFacts, whatIsLeft } from "#lib/console/setup";
import { currentSettings } from "#lib/policy/read";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../gate";
import { confirmFactAction } from "./actions";

type Props = { searchParams: Promise<Record<"done" | "refused" | "confirm", string | string[] | undefined>> };

/** Where a fact is mended in the console. */
const placeOf: Partial<Record<FactName, string>> = {
  administrators: "/admin/people",
  dkim: "/admin/policy?setting=dkimSelector",
  notices: "/admin/health",
  proven: "/admin/providers",
  rate: "/admin/usage?form=rate",
  budget: "/admin/policy?setting=budgetSendsPerDay",
  segments: "/admin/texts",
  keys: "/admin/setup/go-live?confirm=keys",
  restored: "/admin/setup/go-live?confirm=restored",
};

const confirmable = (name: unknown): SeenFact | null => (name === "keys" || name === "restored" ? name : null);

/** The fourth step: the facts that go-live asks for, each with why and how, and the way to the switch. */
export default async function GoLivePage({ searchParams }: Props) {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const { common, staffReasons } = await getMessages();
  const { done, refused, confirm } = await searchParams;
  const may = mayDo(staff.user.roles, "setup.confirm");
  const asked = may ? confirmable(confirm) : null;
  const gate = asked ? await consoleGate(staff, `/admin/setup/go-live?confirm=${asked}`) : null;
  const facts = await readFacts();
  const { publicSignUp } = await currentSettings();
  const leftover = whatIsLeft(facts);
  const left = leftover.facts.length + (leftover.start ? 1 : 0);
  const held = holding(facts);
  const mayOpen = publicSignUp || held.length === 0;
  return (
    <div className="max-w-[44rem]">
      {asked && !gate ? null : <title>{`${t("go-live")} – ${site(common.brand).name}`}</title>}
      <PageHead title={t("go-live")} lead={t("goLiveText")} back={{ href: "/admin/setup", label: t("back") }} />
      {confirmable(done) ? (
        <Callout tone="good" role="status" className="mb-4">
          {t("confirmed")}
        </Callout>
      ) : null}
      {typeof refused === "string" && Object.hasOwn(staffReasons, refused) ? (
        <Callout tone="warn" role="alert" className="mb-4">
          {staffReasons[refused as keyof typeof staffReasons]}
        </Callout>
      ) : null}
      {gate}
      {asked && !gate ? <Confirm fact={asked} form={sessionForm(staff)} /> : null}
      {left > 0 ? <Left {...leftover} count={left} /> : null}
      <section aria-labelledby="facts">
        <h2 id="facts" className="text-lg">
          {t("facts")}
        </h2>
        <p className="hint mb-2">{t("factsLead")}</p>
        <ul className="border-t-2 border-ink">
          {facts.map((fact) => (
            <Line key={fact.name} fact={fact} may={may} />
          ))}
        </ul>
      </section>
      <Callout id="publish" title={t("publish")} tone={left === 0 ? "good" : mayOpen ? "info" : "warn"} className="mt-8">
        {mayOpen ? (
          <p>{left === 0 ? t("publishReady") : t("publishLeft", { count: left })}</p>
        ) : (
          <p>{t("publishHeld", { names: held.map((name) => t(name)).join("、") })}</p>
        )}
        <p>{t(publicSignUp ? "publishOpen" : "publishClosed")}</p>
        <p className="flex flex-wrap gap-x-6">
          {mayOpen ? (
            <a className="inline-flex min-h-11 items-center" href="/admin/policy?setting=publicSignUp">
              {t("toSwitch")}
            </a>
          ) : null}
          <a className="inline-flex min-h-11 items-center" href="/admin/health">
            {t("toHealth")}
          </a>
        </p>
      </Callout>
    </div>
  );
}

/** Everything that is left, in one list, with the way to each fact below. */
async function Left({ start, facts, count }: ReturnType<typeof whatIsLeft> & { count: number }) {
  const t = await getTranslations("consoleSetup");
  return (
    <section aria-labelledby="left" className="mb-8">
      <h2 id="left" className="text-lg">
        {t("left", { count })}
      </h2>
      <ol className="list-decimal pl-6 text-[0.9375rem]">
        {start ? (
          <li className="py-1">
            <b>{t("leftStart")}</b>
            <p className="text-ink-2">{t("leftStartText")}</p>
          </li>
        ) : null}
        {facts.map((name) => (
          <li key={name} className="py-1">
            <a href={`#fact-${name}`} className="mr-2">
              {t(name)}
            </a>
            {mustHold.includes(name) ? <Badge>{t("factMust")}</Badge> : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

async function Confirm({ fact, form }: { fact: SeenFact; form: string }) {
  const t = await getTranslations("consoleSetup");
  const words = await getMessages();
  const upper = fact === "keys" ? "Keys" : "Restored";
  return (
    <section aria-labelledby="confirm" className="mb-8">
      <h2 id="confirm" className="text-lg">
        {t(fact)}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t(`confirm${upper}`)}</p>
      <ActionForm
        action={confirmFactAction}
        title={t(fact)}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={{ proof: t(`proof${upper}`) }}
        submit={t("confirm")}
        act={fact}
        form={form}
      >
        <Field
          name="proof"
          label={t(`proof${upper}`)}
          hint={t(`proof${upper}Hint`)}
          type="text"
          maxLength={100}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </ActionForm>
    </section>
  );
}

type Translate = Awaited<ReturnType<typeof getTranslations<"consoleSetup">>>;

/** What was found in words, where a fact finds names of its own; names of settings stay as they are. */
function foundWords(name: FactName, found: string, t: Translate): string {
  if (name === "clock") return t("found_seconds", { seconds: found });
  if (name !== "database" && name !== "notices") return found;
  const known = ["login", "one_login", "unsupported", "few_connections", "SMTP_URL", "mail", "worker"] as const;
  return found
    .split(", ")
    .map((part) => {
      const key = known.find((one) => one === part);
      return key ? t(`found_${key}`) : part;
    })
    .join(" · ");
}

async function Line({ fact: { name, holds, found }, may }: { fact: Fact; may: boolean }) {
  const t = await getTranslations("consoleSetup");
  const href = may ? placeOf[name] : undefined;
  return (
    <li id={`fact-${name}`} className="border-b border-line py-3" data-fact={name} data-holds={String(holds)}>
      <p className="flex flex-wrap items-center gap-x-2 font-bold">
        {t(name)}
        <Badge tone={holds === true ? "good" : holds === false ? "warn" : "neutral"}>
          {t(holds === true ? "factHolds" : holds === false ? "factOpen" : "factUnknown")}
        </Badge>
        {mustHold.includes(name) && holds !== true ? <Badge>{t("factMust")}</Badge> : null}
      </p>
      {found ? <p className="hint break-all">{t("found", { found: foundWords(name, found, t) })}</p> : null}
      <details open={holds === false}>
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">
          {t("why")} <span className="sr-only">{t(name)}</span>
        </summary>
        <p className="pb-1 text-[0.9375rem]">{t(`${name}Why`)}</p>
        {href && holds !== true ? (
          <a className="inline-flex min-h-11 items-center" href={href}>
            {t("mend")} <span className="sr-only">{t(name)}</span>
          </a>
        ) : null}
      </details>
    </li>
  );
}
