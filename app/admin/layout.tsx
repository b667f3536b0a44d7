import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ConsoleFrame } from "#components/console/frame";
import { casesWaiting } from "#lib/console/waiting";
import { mayDo } from "#lib/staff/matrix";
import { staffOfFrame } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";

/** The console's frame for staff; for everybody else the page itself answers that there is none. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const staff = await staffOfFrame();
  if (!staff || staff.nextStep) return children;
  const { consoleFrame: words } = await getMessages();
  const t = await getTranslations("consoleFrame");
  const when = await whenWords();
  const may = (act: Parameters<typeof mayDo>[1]) => mayDo(staff.user.roles, act);
  const waiting = await casesWaiting().catch(() => 0);
  const rooms = [
    [
      { href: "/admin", label: t("overview") },
      { href: "/admin/users", label: t("users") },
      { href: "/admin/cases", label: t("cases"), waiting },
      { href: "/admin/messages", label: t("messages") },
      { href: "/admin/abuse", label: t("abuse") },
      { href: "/admin/usage", label: t("usage") },
      { href: "/admin/health", label: t("health") },
      { href: "/admin/audit", label: t("audit") },
    ],
    [
      ...(may("setup.read") ? [{ href: "/admin/setup", label: t("setup") }] : []),
      ...(may("providers.read") ? [{ href: "/admin/providers", label: t("providers") }] : []),
      ...(may("keys.read") ? [{ href: "/admin/keys", label: t("keys_room") }] : []),
      ...(may("events.read") ? [{ href: "/admin/events", label: t("events") }] : []),
      ...(may("texts.read") ? [{ href: "/admin/texts", label: t("texts") }] : []),
      ...(may("policy.read") ? [{ href: "/admin/policy", label: t("policy") }] : []),
      ...(may("clients.read") ? [{ href: "/admin/clients", label: t("clients") }] : []),
      ...(may("members.read") ? [{ href: "/admin/members", label: t("members") }] : []),
      ...(may("people.read") ? [{ href: "/admin/people", label: t("people") }] : []),
    ],
  ];
  return (
    <ConsoleFrame
      words={words}
      person={staff.user.email}
      role={t(staff.user.roles.includes("administrator") ? "administrator" : "support")}
      acts={staff.until ? t("actsUntil", { time: when(staff.until.toISOString()) }) : t("actsClosed")}
      rooms={rooms}
    >
      {children}
    </ConsoleFrame>
  );
}
