import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { deviceName } from "#components/account/device";
import { ActionForm } from "#components/form/action-form";
import { CaseNow } from "#components/lost-phone/now";
import { CaseRoad } from "#components/lost-phone/road";
import { Told } from "#components/lost-phone/told";
import { WaitBar } from "#components/lost-phone/wait-bar";
import { NoticeCodeField } from "#components/notice-code";
import { Callout } from "#components/ui/callout";
import { presentTime } from "#lib/accounts/case-status";
import { openStates } from "#lib/recovery/case";
import type { PersonalCase } from "#lib/recovery/read-case";
import { toldPlaces } from "#lib/recovery/told";
import { currentCase } from "#lib/web/case";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";
import { spokenWait } from "#lib/words/fill";
import { type FormCopy, formCopy } from "#lib/words/form-copy";
import { stopAction } from "../../stop/actions";
import { caseStatusAction } from "./actions";

type Props = { searchParams: Promise<{ another?: string | string[] }> };

/** The status of a lost-phone request: this browser's own, or the one of a reference and its status code. */
export default async function CaseStatus({ searchParams }: Props) {
  const { another } = await searchParams;
  const found = another === undefined ? await currentCase() : null;
  const words = await getMessages();
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column">
      <div className="card">{found ? <Found one={found} copy={copy} /> : <LookUp copy={copy} />}</div>
    </div>
  );
}

async function LookUp({ copy }: { copy: FormCopy }) {
  const t = await getTranslations("lostPhone");
  const n = await getTranslations("noticeCodes");
  return (
    <>
      <h1>{t("statusTitle")}</h1>
      <p className="lead">{t("statusLead")}</p>
      <ActionForm
        key="look-up"
        action={caseStatusAction}
        title={t("statusTitle")}
        copy={copy}
        labels={{ reference: n("reference"), statusCode: t("statusCode") }}
        submit={t("statusSubmit")}
      >
        <NoticeCodeField name="reference" label={n("reference")} hint={t("referenceHint")} />
        <NoticeCodeField name="statusCode" label={t("statusCode")} hint={n("codeHint")} />
      </ActionForm>
    </>
  );
}

const HOUR_MS = 3_600_000;

async function Found({ one, copy }: { one: PersonalCase; copy: FormCopy }) {
  const words = await getMessages();
  const { lostPhone } = words;
  const t = await getTranslations("lostPhone");
  const n = await getTranslations("noticeCodes");
  const when = await whenWords();
  const at = (date: Date | null) => (date ? when(date.toISOString()) : null);
  const [now, places] = await Promise.all([presentTime(), toldPlaces(one)]);
  const left = one.readyAt ? (one.readyAt.getTime() - now.getTime()) / 1000 : 0;
  const hours = one.waitSeconds ? one.waitSeconds / 3600 : null;
  return (
    <>
      <title>{`${t("statusTitle")} – ${copy.service}`}</title>
      <h1>{t("statusTitle")}</h1>
      <p className="lead">{t("reference", { reference: one.reference })}</p>
      <CaseNow
        state={one.state}
        proven={one.provenAt !== null}
        left={spokenWait(Math.max(1, left), copy.locale)}
        readyAt={at(one.readyAt) ?? ""}
        expiresAt={at(one.expiresAt) ?? ""}
        words={lostPhone}
      />
      {one.state === "waiting" && one.readyAt && hours ? (
        <WaitBar
          hours={hours}
          passedHours={hours - left / 3600}
          start={t("barStart", { time: when(new Date(one.readyAt.getTime() - hours * HOUR_MS).toISOString()) })}
          end={t("barEnd", { time: when(one.readyAt.toISOString()), hours })}
          words={lostPhone}
        />
      ) : null}
      <CaseRoad
        case={{
          state: one.state,
          frozenFrom: one.frozenFrom,
          reason: one.reason,
          browser: one.userAgent ? deviceName(one.userAgent, words.account) : "",
          requested: when(one.requestedAt.toISOString()),
          proven: one.provenAt !== null,
          reviewed: at(one.reviewedAt),
          approved: at(one.approvedAt),
          ended: at(one.endedAt),
          hours,
          flagged: one.flagged,
        }}
        words={lostPhone}
      />
      {places.length > 0 ? <Told places={places} words={lostPhone} reasons={words} /> : null}
      {(openStates as readonly string[]).includes(one.state) ? (
        <section aria-labelledby="stop" className="mt-6 border-t border-line pt-4">
          <h2 id="stop">{t("stopTitle")}</h2>
          <p className="mt-1 text-[0.9375rem]">{t("stopText")}</p>
          <ActionForm
            key="stop"
            action={stopAction}
            title={t("statusTitle")}
            copy={copy}
            labels={{ reference: n("reference"), stopCode: n("stopCode") }}
            submit={t("stopSubmit")}
            quiet
          >
            <input type="hidden" name="reference" value={one.reference} />
            <NoticeCodeField name="stopCode" label={n("stopCode")} hint={n("codeHint")} />
          </ActionForm>
          <Callout className="mt-6">{t("statusKeep")}</Callout>
        </section>
      ) : null}
      <p className="mt-4">
        <a href="/lost-phone/status?another">{t("statusAnother")}</a>
      </p>
    </>
  );
}
