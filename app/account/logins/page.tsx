import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { type LinkedLogin, readLinkedLogins } from "#lib/accounts/linked-logins";
import { isSocialProvider, openProviders, type SocialProvider, socialProviders } from "#lib/social/providers";
import { requireSession } from "#lib/web/session";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../step-up/actions";
import { linkAction, unlinkAction } from "./actions";

type Asked = Record<"linked" | "unlinked" | "reason" | "provider", string | string[] | undefined>;

/** Why nothing was linked or unlinked, as a key of its words. */
const TROUBLE: Record<string, "over" | "address" | "taken" | "lastOne" | "failed" | "cancelled" | "expired" | "busy"> = {
  step_up_required: "over",
  address_unknown: "address",
  not_allowed: "taken",
  last_factor: "lastOne",
  ...{ failed: "failed", cancelled: "cancelled", expired: "expired", busy: "busy" },
};

/** The accounts at LINE and Google that replace the password, linked and unlinked after step-up. */
export default async function Logins({ searchParams }: { searchParams: Promise<Asked> }) {
  const session = await requireSession({ returnTo: "/account/logins" });
  const [asked, linked, gate, when] = await Promise.all([
    searchParams,
    readLinkedLogins(session.user.id),
    gateOf(session, "manage_factors"),
    whenWords(),
  ]);
  const open = openProviders();
  const shown = socialProviders.filter((provider) => open.includes(provider) || linked.some((one) => one.provider === provider));
  if (shown.length === 0) notFound();
  const t = await getTranslations("social");
  const nameOf = (provider: unknown) => ({ provider: isSocialProvider(provider) ? t(`${provider}Name`) : "LINE・Google" });
  const { reason } = asked;
  const done = isSocialProvider(asked.linked)
    ? t("doneLinked", nameOf(asked.linked))
    : isSocialProvider(asked.unlinked)
      ? t("doneUnlinked", nameOf(asked.unlinked))
      : null;
  const form = sessionForm(session);
  return (
    <ActPage
      title={t("title")}
      lead={t("lead")}
      done={done}
      trouble={typeof reason === "string" ? t(TROUBLE[reason] ?? "refused", nameOf(asked.provider)) : null}
      gate={gate}
      action="manage_factors"
      returnTo="/account/logins"
      form={form}
      when={when}
      begin={beginStepUpAction}
      before={shown.map((provider) => (
        <Line
          key={provider}
          provider={provider}
          login={linked.find((one) => one.provider === provider) ?? null}
          open={open.includes(provider)}
          form={gate.open ? form : null}
          when={when}
        />
      ))}
    >
      {null}
    </ActPage>
  );
}

type LineProps = {
  provider: SocialProvider;
  login: LinkedLogin | null;
  /** Whether the operator has it set up. */
  open: boolean;
  /** The tie of its forms; null until the step-up. */
  form: string | null;
  when: (iso: string) => string;
};

/** One provider: whether it is linked, and the form that changes that. */
async function Line({ provider, login, open, form, when }: LineProps) {
  const t = await getTranslations("social");
  const named = { provider: t(`${provider}Name`) };
  return (
    <Card
      id={provider}
      title={named.provider}
      aside={<Badge tone={login ? "good" : "neutral"}>{t(login ? "linkedBadge" : "notLinked")}</Badge>}
      className="mt-4"
    >
      {open ? null : <p>{t("off", named)}</p>}
      {login ? (
        <ul className="hint">
          <li>{t("since", { time: when(login.linkedAt) })}</li>
          <li>{login.lastUsedAt ? t("used", { time: when(login.lastUsedAt) }) : t("unused")}</li>
        </ul>
      ) : null}
      {form ? (
        <form action={login ? unlinkAction : linkAction} name={`${login ? "unlink" : "link"}-${provider}`} className="mt-3">
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="provider" value={provider} />
          <p className="mb-3">{t(login ? "unlinkLead" : "linkLead", named)}</p>
          <Button kind={login ? "danger" : "secondary"} small>
            {t(login ? "unlink" : "link", named)}
          </Button>
        </form>
      ) : null}
    </Card>
  );
}
