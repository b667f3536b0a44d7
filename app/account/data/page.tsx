import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { StepUpGate } from "#components/account/step-up-gate";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { deletionOf } from "#lib/accounts/delete-account";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../step-up/actions";
import { cancelDeletionAction, requestDeletionAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { data, common } = await getMessages();
  return { title: `${data.title} – ${site(common.brand).name}` };
}

type Query = { asked?: string | string[]; kept?: string | string[]; refused?: string | string[] };
type Props = { searchParams: Promise<Query> };

export default async function DataPage({ searchParams }: Props) {
  // Needs no consent to new documents, so that a person who refuses them can still delete the account.
  const session = await requireSession({ consenting: true, returnTo: "/account/data" });
  const [deleteAt, exporting, deleting] = await Promise.all([
    deletionOf(session.user.id),
    gateOf(session, "export_data"),
    gateOf(session, "delete_account"),
  ]);
  const { account, errors, stepUp } = await getMessages();
  const t = await getTranslations("data");
  const when = await whenWords();
  const form = sessionForm(session);
  const gated = { returnTo: "/account/data", form, when, begin: beginStepUpAction, words: stepUp };
  const { asked, kept, refused } = await searchParams;
  const said = asked !== undefined && deleteAt ? t("asked") : kept !== undefined && !deleteAt ? t("kept") : null;
  const refusal = typeof refused === "string" && Object.hasOwn(errors, refused) ? errors[refused as keyof typeof errors] : null;
  return (
    <div className="column reading">
      <PageHead title={t("title")} back={{ href: "/account", label: account.back }} />
      {said ? (
        <Callout tone="good" role="status" className="mb-4">
          {said}
        </Callout>
      ) : null}
      {refusal ? (
        <Callout tone="warn" role="alert" className="mb-4">
          {refusal}
        </Callout>
      ) : null}
      <Card id="export" title={t("export")}>
        <p>{t("exportLead")}</p>
        {exporting.open ? (
          <Button small href="/account/data/file" download className="mt-4">
            {t("download")}
          </Button>
        ) : (
          <StepUpGate id="prove-export" title={t("proveExport")} gate={exporting} action="export_data" {...gated} />
        )}
      </Card>
      <Card id="delete" title={t("delete")} className="mt-5">
        {deleteAt ? (
          <Callout tone="warn">
            <p>{t("deleteAt", { time: when(deleteAt.toISOString()) })}</p>
            <p>{t("meanwhile")}</p>
          </Callout>
        ) : (
          <>
            <p>{t("deleteLead")}</p>
            <p className="hint mt-2">{t("deleteHint")}</p>
          </>
        )}
        {deleting.open ? (
          <form
            action={deleteAt ? cancelDeletionAction : requestDeletionAction}
            name={deleteAt ? "keep-account" : "delete-account"}
            className="mt-4"
          >
            <input type="hidden" name="form" value={form} />
            <Button small kind={deleteAt ? "primary" : "danger"}>
              {deleteAt ? t("keep") : t("ask")}
            </Button>
          </form>
        ) : (
          <StepUpGate id="prove-delete" title={t("proveDelete")} gate={deleting} action="delete_account" {...gated} />
        )}
      </Card>
    </div>
  );
}
