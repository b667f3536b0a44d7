import type { DeliveryLine, DeliveryState } from "#lib/console/event-log";
import type { EndpointLine, EndpointProblem, MadeEndpoint } from "#lib/events/endpoints";
import type { ResendProblem } from "#lib/events/resend";
import { inWords } from "./language.ts";

const ENGLISH = `npm run events -- list                                the endpoints, and what waits for each
npm run events -- add URL [--types TYPE,…] [--reason TEXT]      adds one and prints its signing secret once
npm run events -- rotate ID [--overlap HOURS] [--reason TEXT]   prints a new secret; both sign for 24 hours more, or as long as you say
npm run events -- pause|resume|remove ID [--reason TEXT]
npm run events -- test ID [--reason TEXT]                       sends an event of its own to one endpoint
npm run events -- sent [--state pending|delivered|parked] [--id ID] [--before PLACE]   what was sent, the newest first
npm run events -- resend EVENT [--reason TEXT]                  sends an event again under the same id

Types and signatures: docs/events.md`;

const JAPANESE = `npm run events -- list                                送り先と、届いていない数の一覧
npm run events -- add URL [--types 種類,…] [--reason 理由]        送り先を追加し、署名の鍵を1度だけ表示します
npm run events -- rotate ID [--overlap 時間] [--reason 理由]      新しい鍵を表示します。前の鍵もあと24時間（または指定した時間）署名に使います
npm run events -- pause|resume|remove ID [--reason 理由]         一時停止・再開・削除
npm run events -- test ID [--reason 理由]                        1つの送り先に、試しのイベントを送ります
npm run events -- sent [--state pending|delivered|parked] [--id ID] [--before PLACE]   送ったものを新しい順に表示します
npm run events -- resend EVENT [--reason 理由]             同じ ID で、もう一度送ります

種類と署名: docs/events.ja.md`;

export const eventUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

const problems: Record<EndpointProblem | ResendProblem | "bad_state", { en: string; ja: string }> = {
  bad_url: {
    en: "an endpoint is an https URL without a name, a password or a part after #; http is for hosts of EVENTS_PRIVATE_HOSTS",
    ja: "送り先は https の URL です。名前・パスワード・# は使えません。http は EVENTS_PRIVATE_HOSTS のホストだけで使えます",
  },
  address_private: {
    en: "this address leads into a private network; name its host in EVENTS_PRIVATE_HOSTS to allow it",
    ja: "社内のネットワークにつながるアドレスです。使う場合は EVENTS_PRIVATE_HOSTS にホスト名を書いてください",
  },
  address_unknown: { en: "the host name is not found", ja: "ホスト名が見つかりません" },
  bad_types: {
    en: "--types takes types of docs/events.md, separated by commas",
    ja: "--types には docs/events.ja.md の種類を「,」で区切って指定してください",
  },
  bad_overlap: { en: "--overlap takes hours, from 0 to 720", ja: "--overlap には0から720までの時間数を指定してください" },
  url_taken: { en: "there is an endpoint with this URL", ja: "この URL の送り先はすでにあります" },
  too_many: { en: "there are ten endpoints already; remove one first", ja: "送り先はすでに10あります。先に1つ削除してください" },
  no_such_endpoint: { en: "there is no such endpoint; see list", ja: "その送り先はありません。list で確かめてください" },
  no_such_event: { en: "there is no such event; see sent", ja: "そのイベントはありません。sent で確かめてください" },
  no_change: { en: "it is so already", ja: "すでにその状態です" },
  bad_state: { en: "--state is pending, delivered or parked", ja: "--state は pending、delivered、parked のどれかです" },
};

/** Why nothing was changed. */
export const eventProblem = (problem: keyof typeof problems): string =>
  inWords({ en: `Nothing was changed: ${problems[problem].en}.`, ja: `何も変更していません。${problems[problem].ja}。` });

/** A secret with what to do with it. */
export const endpointMade = ({ id, url, secret }: MadeEndpoint): string =>
  inWords({
    en: `${secret}\n\nSigns what ${url} (${id}) gets. Keep it now: it is not shown again. Put it into the settings of the receiving system.`,
    ja: `${secret}\n\n${url}（${id}）への署名の鍵です。いま控えてください。もう1度表示することはできません。受け取るシステムの設定に入れてください。`,
  });

const done = {
  pause: { en: "paused; what happens is kept for it", ja: "一時停止しました。起きたことは溜めておきます" },
  resume: { en: "resumed", ja: "再開しました" },
  remove: { en: "removed", ja: "削除しました" },
  test: { en: "a test is on its way; see sent", ja: "試しのイベントを送り始めました。sent で確かめてください" },
};
export type EndpointVerb = keyof typeof done;

export const endpointDone = (verb: EndpointVerb, url: string): string =>
  inWords({ en: `${url}: ${done[verb].en}.`, ja: `${url}：${done[verb].ja}。` });

export const eventResent = (endpoints: number): string =>
  inWords({ en: `On its way again to ${endpoints} endpoint(s).`, ja: `${endpoints}つの送り先に、もう一度送り始めました。` });

/** One endpoint in a line. */
export function endpointLine({ id, url, types, pausedBy, pending, parked, oldSecretUntil }: EndpointLine): string {
  const state = pausedBy === "receiver" ? { en: "held, it answered 410", ja: "410 のため停止中" } : { en: "paused", ja: "一時停止中" };
  return [
    id,
    url,
    types?.join(",") ?? inWords({ en: "every type", ja: "すべての種類" }),
    pausedBy ? inWords(state) : inWords({ en: "sending", ja: "送信中" }),
    inWords({ en: `${pending} waiting, ${parked} parked`, ja: `待ち${pending}件・見送り${parked}件` }),
    ...(oldSecretUntil ? [inWords({ en: `two secrets until ${oldSecretUntil}`, ja: `前の鍵は ${oldSecretUntil} まで` })] : []),
  ].join("  ");
}

const states: Record<DeliveryState, { en: string; ja: string }> = {
  pending: { en: "waiting", ja: "待ち" },
  delivered: { en: "delivered", ja: "届いた" },
  parked: { en: "parked", ja: "見送り" },
};

/** One event on its way to one endpoint, in a line. */
export const deliveryLine = ({ id, eventId, position, type, subject, at, url, state, attempts, status, failure }: DeliveryLine): string =>
  [`${position}_${id}`, at, eventId, type, subject, url, inWords(states[state]), `×${attempts}`, String(status ?? failure ?? "")]
    .join("  ")
    .trimEnd();

export const nothingHere = (): string => inWords({ en: "There is none.", ja: "ありません。" });
