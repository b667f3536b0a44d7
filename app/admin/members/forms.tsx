import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { MemberFile } from "#components/console/member-file";
import { ShownOnce } from "#components/console/shown-once";
import { ActionForm } from "#components/form/action-form";
import { TextArea } from "#components/form/text-area";
import { memberColumns } from "#lib/accounts/member-file";
import { MEMBER_FILE_BYTES, type MemberImport } from "#lib/console/import-members";
import { REASON } from "#lib/console/reason";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { beginImportAction, cancelImportAction, stageImportAction } from "./actions";

async function copyOf() {
  const words = await getMessages();
  return formCopy(words, await getLocale(), site(words.common.brand).name);
}

/** Takes a file to examine. */
export async function StageForm({ form }: { form: string }) {
  const t = await getTranslations("consoleMembers");
  return (
    <ActionForm
      action={stageImportAction}
      title={t("title")}
      copy={await copyOf()}
      labels={{ members: t("file") }}
      submit={t("stage")}
      act="stage"
      form={form}
    >
      <p>{t("stageWhat")}</p>
      <MemberFile
        label={t("file")}
        hint={t("fileHint", { columns: memberColumns.join(", ") })}
        tooLarge={t("tooLarge")}
        bytes={MEMBER_FILE_BYTES}
      />
      <ShownOnce name="seen" />
    </ActionForm>
  );
}

/** Begins or cancels an import, with a reason. */
export async function ReasonForm({ act, of: { id, state, members }, form }: { act: "begin" | "cancel"; of: MemberImport; form: string }) {
  const t = await getTranslations("consoleMembers");
  const format = await getFormatter();
  const what =
    act === "begin" ? t("beginWhat", { count: format.number(members) }) : t(state === "staged" ? "cancelStaged" : "cancelRunning");
  return (
    <ActionForm
      action={act === "begin" ? beginImportAction : cancelImportAction}
      title={t("title")}
      copy={await copyOf()}
      labels={{ reason: t("reason") }}
      submit={t(act)}
      act={act}
      form={form}
      quiet={act === "cancel"}
    >
      <input type="hidden" name="import" value={id} />
      <p>{what}</p>
      <TextArea name="reason" label={t("reason")} hint={t("reasonHint")} maxLength={REASON.most} required />
    </ActionForm>
  );
}
