import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { deviceName } from "#components/account/device";
import { Badge } from "#components/ui/badge";
import { Facts as FactList } from "#components/ui/facts";
import { Row, Rows } from "#components/ui/rows";
import type { AccountRoom, MaskedFactors } from "#lib/console/account";
import { aalOf } from "#lib/sessions/session";
import { whenWords } from "#lib/web/when";

/** What an account has: its ways in, what is required of it, its sessions and its cases. */
export async function Facts({ room }: { room: AccountRoom }) {
  const t = await getTranslations("consoleUser");
  const { common } = await getMessages();
  const when = await whenWords();
  const { factors } = room;
  const used = (at: string | null) => (at ? t("used", { time: when(at) }) : t("unused"));
  const lines = (all: readonly ReactNode[]) => (all.length > 0 ? all : t("none"));
  return (
    <section aria-labelledby="facts" className="border-t-2 border-ink pt-2.5">
      <h2 id="facts" className="text-lg">
        {t("facts")}
      </h2>
      <FactList
        facts={[
          { label: t("phones"), value: lines(factors.phones.map((phone) => <Phone key={phone.id} phone={phone} used={used} />)) },
          { label: t("passkeys"), value: lines(factors.passkeys.map((one) => <Passkey key={one.id} passkey={one} used={used} />)) },
          { label: t("app"), value: factors.totp ? used(factors.totp.lastUsedAt) : t("none") },
          { label: t("codes"), value: t("codesLeft", { count: factors.recoveryCodes.left }) },
          {
            label: t("email"),
            value: (
              <>
                <bdi>{room.email}</bdi>
                <span className="hint block">
                  {room.emailRefusedAt ? t("emailRefused", { time: when(room.emailRefusedAt) }) : t("emailArrives")}
                </span>
              </>
            ),
          },
          {
            label: t("second"),
            value: room.second ? (
              <>
                <bdi>{room.second.email}</bdi>
                <span className="hint block">{t(room.second.counts ? "secondCounts" : "secondWaits")}</span>
              </>
            ) : (
              t("none")
            ),
          },
          {
            label: t("password"),
            value: room.passwordForced
              ? t("forced")
              : room.passwordChangedAt
                ? t("passwordChanged", { time: when(room.passwordChangedAt) })
                : t("passwordNever"),
          },
          { label: t("need"), value: <Need room={room} /> },
          { label: t("devices"), value: t("devicesCount", { known: room.knownDevices, trusted: room.trustedDevices }) },
          { label: t("groups"), value: room.groups.length > 0 ? room.groups.join("、") : t("none") },
          { label: t("roles"), value: <Roles roles={room.roles} /> },
          { label: t("language"), value: room.locale === "en" ? common.en : common.ja },
        ]}
      />
      <Sessions room={room} />
      <Cases room={room} />
    </section>
  );
}

type Used = (at: string | null) => string;

async function Phone({ phone, used }: { phone: MaskedFactors["phones"][number]; used: Used }) {
  const t = await getTranslations("consoleUser");
  return (
    <span className="block">
      {t("phone", { digits: phone.digits, ways: t(`ways_${phone.channel}`) })} {phone.default ? <Badge>{t("first")}</Badge> : null}{" "}
      {phone.doubted ? <Badge tone="warn">{t("doubted")}</Badge> : null}{" "}
      {phone.disabled ? <Badge tone="warn">{t("disabled")}</Badge> : null}
      <span className="hint block">{used(phone.lastUsedAt)}</span>
    </span>
  );
}

async function Passkey({ passkey, used }: { passkey: MaskedFactors["passkeys"][number]; used: Used }) {
  const t = await getTranslations("consoleUser");
  return (
    <span className="block">
      <bdi>{passkey.name ?? t("passkeyUnnamed")}</bdi>
      <span className="hint block">{used(passkey.lastUsedAt)}</span>
    </span>
  );
}

async function Roles({ roles }: { roles: readonly string[] }) {
  const t = await getTranslations("consoleFrame");
  const user = await getTranslations("consoleUser");
  const named = roles.flatMap((role) => (role === "administrator" || role === "support" ? [t(role)] : []));
  return <>{named.length > 0 ? named.join("、") : user("none")}</>;
}

async function Need({ room: { requirement } }: { room: AccountRoom }) {
  const t = await getTranslations("consoleUser");
  const when = await whenWords();
  const needed = requirement.required ?? requirement.announced;
  if (!needed) return <>{t("needNone")}</>;
  const methods = t(`need_${needed.factor}`);
  return <>{needed.met ? t("needMet", { methods }) : t("needOpen", { methods, time: when(needed.until.toISOString()) })}</>;
}

async function Sessions({ room: { sessions } }: { room: AccountRoom }) {
  const t = await getTranslations("consoleUser");
  const { account, eventMethods } = await getMessages();
  const when = await whenWords();
  const methods = (amr: readonly string[]) =>
    amr.flatMap((word) => (word in eventMethods ? [eventMethods[word as keyof typeof eventMethods]] : []));
  return (
    <section aria-labelledby="sessions" className="mt-6">
      <h3 id="sessions" className="text-base">
        {t("sessions")}
      </h3>
      {sessions.length === 0 ? (
        <p className="hint">{t("sessionsNone")}</p>
      ) : (
        <Rows label={t("sessions")}>
          {sessions.map(({ id, userAgent, amr, signedInAt, lastSeenAt }) => (
            <Row
              key={id}
              title={deviceName(userAgent, account)}
              badges={
                <>
                  {methods(amr).map((method) => (
                    <Badge key={method}>{method}</Badge>
                  ))}
                  <Badge>{t("aal", { aal: aalOf(amr) })}</Badge>
                </>
              }
              meta={t("sessionLine", { since: when(signedInAt), seen: when(lastSeenAt) })}
            />
          ))}
        </Rows>
      )}
    </section>
  );
}

async function Cases({ room: { cases } }: { room: AccountRoom }) {
  const t = await getTranslations("consoleUser");
  const when = await whenWords();
  return (
    <section aria-labelledby="cases" className="mt-6">
      <h3 id="cases" className="text-base">
        {t("cases")}
      </h3>
      {cases.length === 0 ? (
        <p className="hint">{t("casesNone")}</p>
      ) : (
        <Rows label={t("cases")}>
          {cases.map(({ reference, requestedAt }) => (
            <Row
              key={reference}
              title={<a href={`/admin/cases/${reference}`}>{reference}</a>}
              meta={t("caseLine", { time: when(requestedAt) })}
            />
          ))}
        </Rows>
      )}
    </section>
  );
}
