import type { DeliveryStatus } from "#lib/db/generated/enums";
import type { TrialProblem } from "#lib/delivery/provider-accounts/trial";
import type { DeliveryError, NumberReason } from "#lib/errors";
import { inWords } from "./language.ts";

/** The output of `npm run provider -- test` beside the provider's answer. */

type Pair = { en: string; ja: string };

const STATES: Record<DeliveryStatus, Pair> = {
  queued: { en: "not known: no answer that can be read", ja: "結果が分かりません：読み取れる応答がありません" },
  sent: { en: "sent", ja: "送信しました" },
  delivered: { en: "delivered", ja: "届きました" },
  undelivered: { en: "undelivered", ja: "届きませんでした" },
  failed: { en: "failed", ja: "送信できませんでした" },
};

const REASONS: Record<DeliveryError, Pair> = {
  invalid_number: { en: "the number does not exist", ja: "存在しない番号です" },
  not_reachable: { en: "the phone was not reached", ja: "携帯電話につながりませんでした" },
  landline: { en: "a landline, which takes no texts", ja: "固定電話のため SMS を受け取れません" },
  refused_by_subscriber: { en: "the phone refuses such texts", ja: "受信が拒否されています" },
  no_sms_service: { en: "no SMS on this contract", ja: "SMS を使えない契約です" },
  opted_out: { en: "this number has opted out", ja: "この番号は受信を停止しています" },
  country_blocked: { en: "this country is not open", ja: "この国には送れません" },
  throttled: { en: "too much at once", ja: "送りすぎです" },
  budget_spent: { en: "the budget is spent", ja: "送信の上限に達しました" },
  provider_down: { en: "the provider could not take it", ja: "送信サービスに渡せませんでした" },
  rejected: { en: "the provider refused it", ja: "送信サービスに拒否されました" },
  number_at_risk: { en: "the number is at risk", ja: "危険のある番号です" },
  number_recycled: { en: "the number may have another subscriber now", ja: "契約者が変わった可能性のある番号です" },
  call_forwarded: { en: "calls to the number are forwarded", ja: "着信が転送される番号です" },
  sending_stopped: { en: "sending is stopped", ja: "送信を止めています" },
  address_refused: { en: "the address was refused", ja: "宛先が拒否されました" },
  unknown: { en: "no reason given", ja: "理由は不明です" },
};

/** Describes a state and its reason; the stable names of both come first, for programs. */
export function stateWords(status: DeliveryStatus, reason: DeliveryError | null): string {
  const state = inWords(STATES[status]);
  if (!reason || status === "queued") return state;
  return inWords({ en: `${state} (${reason}): ${inWords(REASONS[reason])}`, ja: `${state}（${reason}）：${inWords(REASONS[reason])}` });
}

/** Formats the seconds since the trial began for the start of a line. */
export const secondsWords = (seconds: number): string => {
  const figure = seconds.toFixed(1).padStart(6);
  return inWords({ en: `${figure} s`, ja: `${figure}秒` });
};

const PROBLEMS: Record<TrialProblem, (name: string, channel: string) => Pair> = {
  no_account: (name) => ({ en: `There is no account ${name}.`, ja: `${name} は登録されていません。` }),
  not_carried: (name, channel) => ({ en: `${name} does not carry ${channel}.`, ja: `${name} では ${channel} を送れません。` }),
  unusable: (name) => ({
    en: `${name} cannot be used: it was removed, or its secrets do not open with these APP_KEYS.`,
    ja: `${name} は使えません。削除されたか、今の APP_KEYS では秘密情報を読めません。`,
  }),
  not_recorded: () => ({ en: "The attempt was not recorded.", ja: "送信を記録できませんでした。" }),
};

/** Returns why a trial did not begin. */
export const trialProblem = (problem: TrialProblem, name: string, channel: string): string =>
  inWords(PROBLEMS[problem](name, channel.toLowerCase()));

const NUMBERS: Record<NumberReason, Pair> = {
  invalid: { en: "it is no telephone number", ja: "電話番号として読み取れません" },
  country_not_allowed: { en: "its country is not allowed", ja: "許可されていない国の番号です" },
  landline_needs_voice: { en: "a landline takes calls alone", ja: "固定電話には自動音声の電話だけを使えます" },
  no_calls: { en: "no account carries calls there", ja: "自動音声の電話を使える送信サービスがありません" },
  voip: { en: "an internet telephone", ja: "IP 電話の番号です" },
  premium: { en: "a number that costs more", ja: "特別料金の番号です" },
};

/** Returns why a number cannot be tried. */
export const numberProblem = (reason: NumberReason, countries: string): string =>
  inWords({
    en: `That number is not accepted (${NUMBERS[reason].en}). Countries: ${countries}.`,
    ja: `その番号には送れません（${NUMBERS[reason].ja}）。送れる国：${countries}`,
  });

/** Tells the operator what to do when the phone rings; printed before a trial's call. */
export const beforeCall = (): string =>
  inWords({
    en: "The phone will ring. Answer it, listen to the greeting, and press 1 (any key counts): the person who answers must press a key within a few seconds, else the call ends and counts as not arrived, as with an answering machine.",
    ja: "これから電話がかかります。電話に出て、案内の後に数字の「1」を押してください（どの数字でもかまいません）。数秒以内に押さないと、留守番電話と同じく、届かなかったものとして終わります。",
  });

/** Returns whether the key was pressed, as far as the state of a call shows it. */
export function afterCall(status: DeliveryStatus): string {
  if (status === "delivered") return inWords({ en: "A key was pressed.", ja: "キーが押されました。" });
  if (status === "undelivered")
    return inWords({
      en: "No key was pressed: the call was not answered, was hung up, or a machine took it.",
      ja: "キーは押されませんでした。電話に出なかったか、途中で切れたか、留守番電話につながりました。",
    });
  if (status === "failed")
    return inWords({ en: "No phone rang, so no key was pressed.", ja: "電話がかからなかったため、キーは押されていません。" });
  return inWords({ en: "It is not known yet whether a key was pressed.", ja: "キーが押されたかどうかは、まだ分かりません。" });
}

/** Returns what to check when no receipt arrived in time. */
export const noReceipt = (origin: string): string =>
  inWords({
    en: `The provider took it; no receipt came in the time given (--wait seconds). Receipts come to ${origin}, where an instance must be running.`,
    ja: `送信サービスは受け付けましたが、待ち時間（--wait の秒数）のうちに到着結果が届きませんでした。結果は ${origin} に届きます。そこでインスタンスが動いている必要があります。`,
  });
