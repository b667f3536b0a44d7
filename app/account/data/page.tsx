import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { deletionOf } from "#lib/accounts/delete-account";
import { sql } from "#lib/db/sql";
import { type StepUpAction, steppedUpUntil } from "#lib/sessions/step-up";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { formOf } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { cancelDeletionAction, proveForDataAction, requestDeletionAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { data, common } = await getMessages();
  return { title: `${data.title} – ${site(common.brand).name}` };
}

type Query = { asked?: string | string[]; kept?: string | string[]; refused?: string | string[] };
type Props = { searchParams: Promise<Query> };

export default async function DataPage({ searchParams }: Props) {
  const session = await requireSession({ consenting: true, returnTo: "/account/data" });
  const acting = { sessionId: session.sessionId, userId: session.user.id };
  const [deleteAt, mayExport, mayDelete] = await Promise.all([
    deletionOf(session.user.id),
    steppedUpUntil(sql, acting, "export_data"),
    steppedUpUntil(sql, acting, "delete_account"),
  ]);
  const { account, errors } = await getMessages();
  const t = await getTranslations("data");
  const when = await whenWords();
  const form = formOf(session);
  const { asked, kept, refused } = await searchParams;
  const said = asked !== undefined ? t("asked") : kept !== undefined ? t("kept") : null;
  const refusal = typeof refused === "string" && Object.hasOwn(errors, refused) ? errors[refused as keyof typeof errors] : null;
  const gate = (act: StepUpAction, label: string) => (
    <form action={proveForDataAction} name={`prove-${act.replace("_", "-")}`} className="mt-4">
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name="act" value={act} />
      <p className="hint">{t("proof")}</p>
      <button type="submit" className="button small mt-2">
        {label}
      </button>
    </form>
  );
  return (
    <div className="column reading">
      <p>
        <a href="/account">{account.back}</a>
      </p>
      <h1 className="mt-2">{t("title")}</h1>
      {said ? (
        <p className="note good" role="status">
          {said}
        </p>
      ) : null}
      {refusal ? (
        <p className="note" role="alert">
          {refusal}
        </p>
      ) : null}
      <section className="panel mt-6" aria-labelledby="export">
        <h2 id="export">{t("export")}</h2>
        <p>{t("exportLead")}</p>
        {mayExport ? (
          <p className="mt-4">
            <a className="button small" href="/account/data/file" download>
              {t("download")}
            </a>
          </p>
        ) : (
          gate("export_data", t("proveExport"))
        )}
      </section>
      <section className="panel mt-6" aria-labelledby="delete">
        <h2 id="delete">{t("delete")}</h2>
        {deleteAt ? <p className="note">{t("deleteAt", { time: when(deleteAt.toISOString()) })}</p> : <p>{t("deleteLead")}</p>}
        <p className="hint mt-2">{deleteAt ? t("meanwhile") : t("deleteHint")}</p>
        {!mayDelete ? (
          gate("delete_account", deleteAt ? t("proveKeep") : t("proveDelete"))
        ) : deleteAt ? (
          <Press action={cancelDeletionAction} name="keep-account" form={form}>
            {t("keep")}
          </Press>
        ) : (
          <Press action={requestDeletionAction} name="delete-account" form={form} quiet>
            {t("ask")}
          </Press>
        )}
      </section>
    </div>
  );
}

type PressProps = { action: (form: FormData) => Promise<void>; name: string; form: string; quiet?: boolean; children: ReactNode };

const Press = ({ action, name, form, quiet = false, children }: PressProps) => (
  <form action={action} name={name} className="mt-4">
    <input type="hidden" name="form" value={form} />
    <button type="submit" className={quiet ? "button quiet small" : "button small"}>
      {children}
    </button>
  </form>
);
