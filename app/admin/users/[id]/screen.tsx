import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";
import type { AccountRoom } from "#lib/console/account";
import { readScreen, type ScreenMessage, type Screen as Shown } from "#lib/console/screen";
import { openCaseOf } from "#lib/recovery/read-case";
import { whenWords } from "#lib/web/when";

/** What stands on the page of the person, in words, and what to tell them. */
type Said = { title: string; text: string; say: string };

/** What this person sees now: the state of their pages in words, read-only. */
export async function Screen({ room }: { room: AccountRoom }) {
  const t = await getTranslations("consoleScreen");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const screen = await readScreen(room.id, locale);
  const { title, text, say } = await said(room, screen);
  return (
    <section aria-labelledby="screen" className="rounded-[0.875rem] border border-line bg-surface p-5">
      <h2 id="screen" className="text-lg">
        {t("title")}
      </h2>
      <p className="mt-2 font-bold">{title}</p>
      <p className="text-[0.9375rem]">{text}</p>
      {screen?.message ? <Message message={screen.message} /> : null}
      <Callout title={t("say")} level={3} className="mt-3">
        <p>{say}</p>
        {screen && screen.attemptsLeft > 0 ? <Ways room={room} /> : null}
      </Callout>
    </section>
  );
}

async function said(room: AccountRoom, screen: Shown | null): Promise<Said> {
  const t = await getTranslations("consoleScreen");
  const when = await whenWords();
  if (room.suspendedAt) return { title: t("suspended"), text: t("suspendedText"), say: t("suspendedSay") };
  if (screen) return ofChallenge(screen);
  if (room.lockedUntil) {
    const time = when(room.lockedUntil);
    return { title: t("locked"), text: t("lockedText", { time }), say: t("lockedSay", { time }) };
  }
  const open = await openCaseOf(room.id);
  if (open) {
    const state = open.provenAt === null ? "unproven" : (open.state as "requested" | "reviewed" | "waiting" | "frozen" | "ready");
    return {
      title: t("case"),
      text: t("caseText", { reference: open.reference, state: t(`case_${state}`) }),
      say: t(`caseSay_${state}`),
    };
  }
  const [latest] = room.sessions;
  return latest
    ? {
        title: t("signedIn"),
        text: t("signedInText", { count: room.sessions.length, time: when(latest.lastSeenAt) }),
        say: t("signedInSay"),
      }
    : { title: t("nothing"), text: t("nothingText"), say: t("nothingSay") };
}

async function ofChallenge({ purpose, attemptsLeft, sendsLeft, openedAt, expiresAt, message }: Shown): Promise<Said> {
  const t = await getTranslations("consoleScreen");
  const when = await whenWords();
  if (attemptsLeft === 0) return { title: t("exhausted", { purpose }), text: t("exhaustedText"), say: t("exhaustedSay") };
  return {
    title: t(message ? "code" : "waits", { purpose }),
    text: t("codeText", { opened: when(openedAt), until: when(expiresAt), attempts: attemptsLeft, sends: sendsLeft }),
    say: message ? await sayOf(message) : t("waitsSay"),
  };
}

async function sayOf({ channel, status, reason, until }: ScreenMessage): Promise<string> {
  const t = await getTranslations("consoleScreen");
  const { deliveryReasons } = await getMessages();
  const when = await whenWords();
  if (until && status === "failed") return t("heldSay", { time: when(until) });
  if (status === "undelivered" || status === "failed") return deliveryReasons[reason ?? "unknown"];
  if (channel === "email" && status !== "queued") return t("emailSay");
  return t(status === "queued" ? "queuedSay" : status === "sent" ? "sentSay" : "deliveredSay");
}

async function Message({ message }: { message: ScreenMessage }) {
  const t = await getTranslations("consoleScreen");
  const { sentTexts } = await getMessages();
  const when = await whenWords();
  return (
    <p className="mt-1 text-[0.9375rem]">
      {t("said", { channel: sentTexts[message.channel], time: when(message.at) })} <b>{sentTexts[message.status]}</b>
    </p>
  );
}

/** The other ways that work for this account, for a person whose text does not come. */
async function Ways({ room: { factors } }: { room: AccountRoom }) {
  const t = await getTranslations("consoleScreen");
  const user = await getTranslations("consoleUser");
  const ways = [
    ...(factors.passkeys.length > 0 ? [user("passkeys")] : []),
    ...(factors.totp ? [user("app")] : []),
    ...factors.phones.filter(({ disabled }) => !disabled).map(({ digits }) => t("wayPhone", { digits })),
    ...(factors.recoveryCodes.left > 0 ? [`${user("codes")} (${user("codesLeft", { count: factors.recoveryCodes.left })})`] : []),
  ];
  return <p className="mt-1">{ways.length > 0 ? t("ways", { ways: ways.join("、") }) : t("noWays")}</p>;
}
