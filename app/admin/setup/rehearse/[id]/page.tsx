import { notFound } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { Fresh } from "#components/console/fresh";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import { isRowId } from "#lib/console/message-filter";
import { currentRehearsals, isOnItsWay, type Rehearsal, readNeeds, readRehearsal } from "#lib/console/rehearsals";
import { env } from "#lib/env";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../../../gate";
import { rehearseAgainAction } from "../actions";
import { rehearsalNames, standingOf } from "../names";
import { Next } from "../needs";
import { AnswerForm } from "./answer-form";
import { Known } from "./known";
import { Told } from "./told";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ refused?: string | string[] }> };

/** A message that was handed over is answered, once; one that is meant not to arrive asks nothing. */
const canBeAnswered = ({ scene, shown, tried, status }: Rehearsal): boolean =>
  (scene === "handset" || scene === "first_off") && shown === null && tried.length > 0 && status !== "failed";

/** A message service on the internet reaches no address of this machine, so that its receipts do not come. */
const isLocal = (origin: string): boolean => ["localhost", "127.0.0.1"].includes(new URL(origin).hostname);

/** One rehearsal: what became of it, what people read, and what the handset showed. */
export default async function RehearsalPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("setup.read");
  const { id } = await params;
  const row = isRowId(id) ? await readRehearsal(id) : null;
  if (!row) return notFound();
  const t = await getTranslations("consoleRehearse");
  const { common } = await getMessages();
  const name = (await rehearsalNames()).of(row);
  const may = mayDo(staff.user.roles, "setup.rehearse");
  const gate = may ? await consoleGate(staff, `/admin/setup/rehearse/${id}`) : null;
  const form = may && !gate ? sessionForm(staff) : null;
  const asks = form !== null && canBeAnswered(row);
  return (
    <div className="@container max-w-[44rem]">
      {asks ? null : <title>{`${name} – ${site(common.brand).name}`}</title>}
      <PageHead title={name} back={{ href: "/admin/setup/rehearse", label: t("backHere") }} />
      <Refusal {...(await searchParams)} />
      {isOnItsWay(row) ? (
        <Callout role="status" className="mb-5">
          <Fresh />
          <p>{t("onWay")}</p>
          {row.status === "sent" && isLocal(env().publicOrigin) ? <p>{t("onWayLocal")}</p> : null}
          <a className="inline-flex min-h-11 items-center" href={`/admin/setup/rehearse/${id}`}>
            {t("refresh")}
          </a>
        </Callout>
      ) : null}
      <Known row={row} />
      <Told row={row} />
      {asks ? <AnswerForm row={row} title={name} form={form} /> : null}
      {gate ? <div className="mt-8">{gate}</div> : null}
      {form ? <Onward row={row} form={form} primary={!asks || standingOf(row) === "passed"} /> : null}
    </div>
  );
}

async function Refusal({ refused }: { refused?: string | string[] }) {
  if (typeof refused !== "string") return null;
  const { errors, staffReasons } = await getMessages();
  const t = await getTranslations("consoleRehearse");
  const known: Record<string, string> = { ...errors, ...staffReasons, other_state: t("againGone"), too_many_sends: errors.too_many_sends };
  return Object.hasOwn(known, refused) ? (
    <Callout tone="warn" role="alert" className="mb-5">
      {known[refused]}
    </Callout>
  ) : null;
}

/** Sending it once more, and what is missing next. */
async function Onward({ row, form, primary }: { row: Rehearsal; form: string; primary: boolean }) {
  const t = await getTranslations("consoleRehearse");
  const needs = await readNeeds(await currentRehearsals());
  return (
    <div className="mt-10 flex flex-wrap items-center gap-3 border-t border-line pt-5">
      {primary ? <Next needs={needs} /> : null}
      {row.repeatable ? (
        <form action={rehearseAgainAction}>
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="id" value={row.id} />
          <Button name="act" value="again" kind="secondary" small>
            {t(row.scene === "all_down" ? "againScene" : "again")}
          </Button>
        </form>
      ) : (
        <p className="hint">{t("againGone")}</p>
      )}
    </div>
  );
}
