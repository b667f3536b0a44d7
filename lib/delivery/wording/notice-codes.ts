import { groupedCode } from "#lib/crypto/codes";
import { unseal } from "#lib/crypto/seal";

/** The codes of a notice, by which its reader can repudiate the event (NIST SP 800-63B-4 4.6). */

/** What a code of a notice does: stops what is pending, undoes a change, shows the state of a request, or opens the way to a new factor. */
export const noticeCodeKinds = ["stop", "undo", "status", "recovery"] as const;
export type NoticeCodeKind = (typeof noticeCodeKinds)[number];

export type StoredNoticeCode = { id: string; kind: NoticeCodeKind; reference: string; sealed: string };

/** The codes of one notice under its reference, in groups of five. */
export type NoticeCodes = { reference: string | null } & Partial<Record<`${NoticeCodeKind}Code`, string>>;

/** The place of a sealed code of a notice. */
export const noticeCodePlace = (id: string, userId: string) => ({ table: "notice_codes", column: "sealed", row: id, owner: userId });

/** Opens the stored codes of one message. */
export const openNoticeCodes = (stored: readonly StoredNoticeCode[], userId: string): NoticeCodes => ({
  reference: stored[0]?.reference ?? null,
  ...Object.fromEntries(stored.map(({ id, kind, sealed }) => [`${kind}Code`, groupedCode(unseal(sealed, noticeCodePlace(id, userId)))])),
});
