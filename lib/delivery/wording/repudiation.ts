import type { NoticeCodes } from "#lib/delivery/wording/notice-codes";
import type { Locale, Service } from "#lib/delivery/wording/texts";
import { lostPhone as enCase } from "#lib/words/en/lost-phone";
import { noticeCodes as enCodes } from "#lib/words/en/own";
import { lostPhone as jaCase } from "#lib/words/ja/lost-phone";
import { noticeCodes as jaCodes } from "#lib/words/ja/own";

/** How to stop or undo the event of a notice by typing its codes; the pages have the names that the frame of every page shows. */
export const repudiation: Record<Locale, (codes: NoticeCodes, service: Service) => string[]> = {
  ja: ({ reference, stopCode, undoCode, statusCode, recoveryCode }, { name }) => [
    ...(recoveryCode ? [`認証コード: ${recoveryCode}\n24時間有効、1回だけ使えます。認証コードは誰にも教えないでください。`] : []),
    ...(statusCode
      ? [
          `申請の状況は、${name}の画面のいちばん下の「${jaCase.statusTitle}」で、受付番号と照会コードを入力すると見られます。\n受付番号: ${reference}\n照会コード: ${statusCode}`,
        ]
      : []),
    ...(stopCode
      ? [
          `ご本人でない場合: ${name}の画面のいちばん下の「${jaCodes.stopTitle}」で次の2つを入力すると、進行中の手続きを取り消し、すべての端末をログアウトさせます（7日間有効、1回）。\n受付番号: ${reference}\n停止コード: ${stopCode}`,
        ]
      : []),
    ...(undoCode
      ? [
          `変更を元に戻す場合: その画面の「${jaCodes.toUndo}」で、受付番号と取消コード、パスワードを入力してください（7日間有効、1回）。\n取消コード: ${undoCode}`,
        ]
      : []),
  ],
  en: ({ reference, stopCode, undoCode, statusCode, recoveryCode }, { name }) => [
    ...(recoveryCode ? [`Verification code: ${recoveryCode}\nIt is valid for 24 hours, once. Tell no one your verification code.`] : []),
    ...(statusCode
      ? [
          `To see how your request stands, open “${enCase.statusTitle}” at the bottom of any page of ${name} and enter the reference and the status code.\nReference: ${reference}\nStatus code: ${statusCode}`,
        ]
      : []),
    ...(stopCode
      ? [
          `If this was not you: at the bottom of any page of ${name}, open “${enCodes.stopTitle}” and enter these two. That cancels what is pending and signs out every device (valid for 7 days, once).\nReference: ${reference}\nStop code: ${stopCode}`,
        ]
      : []),
    ...(undoCode
      ? [
          `To undo the change: on that page, choose “${enCodes.toUndo}” and enter the reference, the undo code and your password (valid for 7 days, once).\nUndo code: ${undoCode}`,
        ]
      : []),
  ],
};

/** The link to the page that stops the event, with reference and code filled in; opening it changes nothing (RS-03). */
export function stopLink({ reference, stopCode }: NoticeCodes, locale: Locale, { publicOrigin, links }: Service): string[] {
  if (!links || !reference || !stopCode) return [];
  const query = new URLSearchParams({ reference, stopCode });
  const said =
    locale === "ja"
      ? "この2つを入力した画面は、次のリンクでも開けます。リンクを開いただけでは、何も変わりません。パスワードや認証コードをお尋ねすることはありません。"
      : "This link opens that page with the two filled in. Opening it changes nothing, and it asks for no password and no verification code.";
  return [`${said}\n${publicOrigin}/stop?${query}`];
}
