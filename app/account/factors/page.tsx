import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { readFactors } from "#lib/accounts/factors";
import { isStaff } from "#lib/staff/matrix";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { factors, common } = await getMessages();
  return { title: `${factors.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<"added" | "saved" | "removed" | "staff", string | string[] | undefined>> };

/** The result of an earlier act, as a key of its words. */
function doneOf({ added, saved, removed }: Awaited<Props["searchParams"]>) {
  if (added === "app") return "addedApp";
  if (added === "passkey") return "addedPasskey";
  if (removed === "app") return "removedApp";
  if (removed === "passkey") return "removedPasskey";
  return saved === undefined ? null : "saved";
}

/** What a member of staff needs before the console opens, and the way on once it is there (AD-02). */
async function ForStaff({ asked, ready }: { asked: boolean; ready: boolean }) {
  const t = await getTranslations("staffInvite");
  if (ready)
    return (
      <p className="mb-4">
        <Button kind="secondary" small href="/admin">
          {t("toConsole")}
        </Button>
      </p>
    );
  return (
    <Callout tone="warn" id="staff" title={t("factors")} role={asked ? "alert" : "status"} className="mb-4">
      <p>{t("factorsText")}</p>
    </Callout>
  );
}

export default async function Factors({ searchParams }: Props) {
  const session = await requireSession({ enrolling: true, returnTo: "/account/factors" });
  const asked = await searchParams;
  const done = doneOf(asked);
  const { totp, passkeys } = await readFactors(session.user.id);
  const t = await getTranslations("factors");
  const a = await getTranslations("account");
  const e = await getTranslations("errors");
  const when = await whenWords();
  const used = (at: string | null) => (at ? t("used", { time: when(at) }) : t("unused"));
  return (
    <div className="column reading">
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/account", label: a("back") }} />
      {session.nextStep === "enrol_factor" ? (
        <Callout tone="warn" className="mb-4">
          {e("factor_required")}
        </Callout>
      ) : null}
      {done ? (
        <Callout tone="good" role="status" className="mb-4">
          {t(done)}
        </Callout>
      ) : null}
      {isStaff(session.user.roles) ? <ForStaff asked={asked.staff !== undefined} ready={totp !== null || passkeys.length > 0} /> : null}
      <Card id="passkeys" title={t("passkeys")}>
        <p className="text-[0.9375rem]">
          {t("passkeyWhat")} {t("passkeySafe")}
        </p>
        {passkeys.length === 0 ? <Empty title={t("passkeyNone")}>{t("passkeyNoneText")}</Empty> : null}
        <Rows className="mt-3">
          {passkeys.map((passkey) => (
            <Row
              key={passkey.id}
              title={<strong>{passkey.name ?? t("passkeyUnnamed", { time: when(passkey.createdAt) })}</strong>}
              meta={[
                t("passkeySince", { time: when(passkey.createdAt) }),
                used(passkey.lastUsedAt),
                t(passkey.backedUp ? "backedUp" : "onlyHere"),
              ]}
              actions={
                <Button kind="quiet" href={`/account/factors/passkey/${passkey.id}`}>
                  {t("passkeyEdit")}
                </Button>
              }
            />
          ))}
        </Rows>
        <Button kind={passkeys.length === 0 ? "primary" : "secondary"} small className="mt-4" href="/account/factors/passkey">
          {t("passkeyAdd")}
        </Button>
      </Card>
      <Card
        id="app"
        title={t("app")}
        aside={
          totp ? (
            <Badge tone={totp.disabled ? "warn" : "good"}>{t(totp.disabled ? "appDisabled" : "appOn")}</Badge>
          ) : (
            <Badge>{t("appNone")}</Badge>
          )
        }
        className="mt-5"
      >
        <p className="text-[0.9375rem]">
          {t("appWhat")} {t("appSafe")}
        </p>
        {totp?.disabled ? (
          <Callout tone="warn" className="mt-2">
            {t("appDisabledText")}
          </Callout>
        ) : null}
        {totp ? (
          <p className="hint mt-1">
            {t("appSince", { time: when(totp.enrolledAt) })} {used(totp.lastUsedAt)}
          </p>
        ) : null}
        <Button kind="secondary" small className="mt-4" href="/account/factors/app">
          {t(totp ? "appManage" : "appAdd")}
        </Button>
      </Card>
    </div>
  );
}
