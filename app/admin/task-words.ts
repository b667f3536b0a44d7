import { getLocale, getTranslations } from "next-intl/server";
import type { Task } from "#components/console/tasks";
import type { Attention } from "#lib/console/attention";
import { conditionWords } from "#lib/health/words";
import { whenWords } from "#lib/web/when";

/** Which words name the kind of a task, and whether it is a fault. */
const KINDS = {
  audit_broken: ["auditKind", true],
  audit_unverified: ["auditKind", false],
  signing_key: ["keys", true],
  reseal_unfinished: ["keys", false],
  worker_idle: ["trouble", true],
  queue_late: ["trouble", true],
  database_slow: ["trouble", true],
  provider_down: ["trouble", true],
  provider_unusable: ["trouble", true],
  delivery_falling: ["trouble", true],
  delivery_slow: ["trouble", true],
  receipts_silent: ["trouble", true],
  unusual_volume: ["signs", true],
  numbers_in_a_row: ["signs", true],
  new_destination: ["signs", false],
  stopped: ["stop", true],
  budget_low: ["budget", false],
  certificate_ends: ["keys", true],
  key_old: ["keys", false],
  case_frozen: ["frozen", true],
  case_frozen_by_session: ["frozen", true],
  case_approval: ["approval", false],
  case_review: ["review", false],
} as const satisfies Record<Attention["is"], readonly [string, boolean]>;

/** Conditions whose place is the room of abuse; those of a message service lead to its messages. */
const ABUSE: readonly Attention["is"][] = ["unusual_volume", "numbers_in_a_row", "new_destination", "budget_low"];

/** Returns what turns a thing that needs a person into words and its one link. */
export async function taskWords(): Promise<(one: Attention) => Task> {
  const t = await getTranslations("consoleOverview");
  const when = await whenWords();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const countries = new Intl.DisplayNames([locale], { type: "region" });
  const said = (one: Attention): Pick<Task, "title" | "text" | "href" | "go"> => {
    switch (one.is) {
      case "audit_broken":
        return { title: t("audit_broken"), text: t("audit_brokenText", { row: one.row }), href: "/admin/audit", go: t("openAudit") };
      case "audit_unverified":
        return {
          title: t("audit_unverified", { hours: one.hours }),
          text: t("audit_unverifiedText"),
          href: "/admin/audit",
          go: t("openAudit"),
        };
      case "signing_key":
        return { title: t("signing_key"), text: t("signing_keyText"), href: "/admin/audit", go: t("openAudit") };
      case "reseal_unfinished":
        return {
          title: t("reseal_unfinished", { days: one.days }),
          text: t("reseal_unfinishedText"),
          href: "/admin/audit",
          go: t("openAudit"),
        };
      case "worker_idle":
        return {
          title: conditionWords.worker_idle.what[locale]({ minutes: one.minutes }),
          text: conditionWords.worker_idle.todo[locale],
          href: "/admin/messages",
          go: t("openMessages"),
        };
      case "provider_unusable":
        return {
          title: t("provider_unusable", { name: one.name }),
          text: t("provider_unusableText"),
          href: `/admin/messages?provider=${encodeURIComponent(one.name)}`,
          go: t("openMessages"),
        };
      case "stopped": {
        const scope = [one.country === null ? t("everywhere") : countries.of(one.country), one.provider].filter(Boolean).join(" ");
        return {
          title: t(`stopped_${one.channel}`, { scope }),
          text: t("stoppedText", { time: when(one.since) }),
          href: "/admin/health#stops",
          go: t("openHealth"),
        };
      }
      case "case_frozen":
      case "case_frozen_by_session":
      case "case_approval":
      case "case_review":
        return {
          title: t(one.is, { reference: one.reference }),
          text: t(`${one.is === "case_frozen_by_session" ? "case_frozen" : one.is}Text`, { time: when(one.since), flags: one.flags }),
          href: `/admin/cases/${one.reference}`,
          go: t("openCase"),
        };
      default: {
        const { what, todo } = conditionWords[one.is];
        const provider = one.facts.provider === undefined ? "" : `?provider=${encodeURIComponent(one.facts.provider)}`;
        return {
          title: what[locale](one.facts),
          text: `${t("hour", { time: when(one.since) })} ${todo[locale]}`,
          ...(ABUSE.includes(one.is)
            ? { href: "/admin/abuse", go: t("openAbuse") }
            : provider
              ? { href: `/admin/messages${provider}`, go: t("openMessages") }
              : { href: "/admin/health", go: t("openHealth") }),
        };
      }
    }
  };
  return (one) => {
    const [kind, warn] = KINDS[one.is];
    const words = said(one);
    return { key: `${one.is} ${words.title}`, kind: t(kind), warn, ...words };
  };
}
