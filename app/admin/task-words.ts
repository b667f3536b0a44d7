import { getLocale, getTranslations } from "next-intl/server";
import type { Task } from "#components/console/tasks";
import type { Attention } from "#lib/console/attention";
import { whenWords } from "#lib/web/when";

/** Which words name the kind of a task, whether it is a fault, and where it leads. */
const KINDS = {
  audit_broken: ["auditKind", true],
  audit_unverified: ["auditKind", false],
  signing_key: ["keys", true],
  reseal_unfinished: ["keys", false],
  provider_down: ["trouble", true],
  provider_unusable: ["trouble", true],
  receipts_silent: ["trouble", true],
  stopped: ["stop", true],
  budget: ["budget", false],
  case_frozen: ["frozen", true],
  case_approval: ["approval", false],
  case_review: ["review", false],
} as const satisfies Record<Attention["is"], readonly [string, boolean]>;

/** Returns what turns a thing that needs a person into words and its one link. */
export async function taskWords(): Promise<(one: Attention) => Task> {
  const t = await getTranslations("consoleOverview");
  const when = await whenWords();
  const countries = new Intl.DisplayNames([await getLocale()], { type: "region" });
  const channel = (name: string) => t(name === "EMAIL" ? "mail" : name === "VOICE" ? "voice" : "sms");
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
      case "provider_down":
        return {
          title: t("provider_down", { name: one.name, channel: channel(one.channel) }),
          text: t("provider_downText", { time: when(one.until) }),
          href: `/admin/messages?provider=${encodeURIComponent(one.name)}`,
          go: t("openMessages"),
        };
      case "provider_unusable":
        return {
          title: t("provider_unusable", { name: one.name }),
          text: t("provider_unusableText"),
          href: `/admin/messages?provider=${encodeURIComponent(one.name)}`,
          go: t("openMessages"),
        };
      case "receipts_silent":
        return {
          title: t("receipts_silent", { name: one.name }),
          text: t("receipts_silentText", { sent: one.sent, silent: one.silent }),
          href: `/admin/messages?provider=${encodeURIComponent(one.name)}`,
          go: t("openMessages"),
        };
      case "stopped": {
        const scope = [one.country === null ? t("everywhere") : countries.of(one.country), one.provider].filter(Boolean).join(" ");
        return {
          title: t("stopped", { channel: channel(one.channel), scope }),
          text: t("stoppedText", { time: when(one.since) }),
          href: "/admin/audit?act=sending.stopped",
          go: t("openStops"),
        };
      }
      case "budget":
        return {
          title:
            one.country === null
              ? t("budgetDay", { percent: one.percent })
              : t("budgetHour", { country: countries.of(one.country) ?? one.country, percent: one.percent }),
          text: t("budgetText", { spent: one.spent, most: one.most }),
          href: "/admin/abuse",
          go: t("openAbuse"),
        };
      default:
        return {
          title: t(one.is, { reference: one.reference }),
          text: t(`${one.is}Text`, { time: when(one.since), flags: one.flags }),
          href: `/admin/cases/${one.reference}`,
          go: t("openCase"),
        };
    }
  };
  return (one) => {
    const [kind, warn] = KINDS[one.is];
    const words = said(one);
    return { key: `${one.is} ${words.title}`, kind: t(kind), warn, ...words };
  };
}
