import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { InviteForm } from "#components/console/invite-form";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { RadioGroup } from "#components/ui/radio-group";
import { TextField } from "#components/ui/text-field";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { OneAdministrator } from "../one-administrator";
import { ActOutcome } from "../outcome";
import { grantPersonAction, invitePersonAction } from "./actions";
import { Invitations } from "./invitations";
import { People } from "./people";

export async function generateMetadata(): Promise<Metadata> {
  const { consolePeople } = await getMessages();
  return { description: consolePeople.lead };
}

type Props = { searchParams: Promise<{ done?: string | string[]; refused?: string | string[] }> };

/** Who is staff: the list, the ways in, and whether one administrator is alone. */
export default async function PeoplePage({ searchParams }: Props) {
  const staff = await requireStaffPage("people.read");
  const words = await getMessages();
  const t = await getTranslations("consolePeople");
  const name = site(words.common.brand).name;
  const may = mayDo(staff.user.roles, "people.invite");
  const gate = may ? await consoleGate(staff, "/admin/people") : null;
  const form = sessionForm(staff);
  const { done, refused } = await searchParams;
  const roles = [
    { value: "support", label: words.consoleFrame.support, hint: t("pickSupport") },
    { value: "administrator", label: words.consoleFrame.administrator, hint: t("pickAdministrator") },
  ];
  return (
    <>
      {may && !gate ? null : <title>{`${t("title")} – ${name}`}</title>}
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome done={done} refused={refused} />
      <OneAdministrator />
      <People you={staff.user.id} form={may && !gate ? form : null} may={may} />
      <Invitations form={may && !gate ? form : null} />
      {may ? gate : <p className="mt-6 text-ink-2">{t("administratorsOnly")}</p>}
      {may && !gate ? (
        <div className="@container mt-8">
          <div className="grid gap-5 @[52rem]:grid-cols-2">
            <Card id="invite" title={t("invite")}>
              <p className="text-[0.9375rem]">{t("inviteLead")}</p>
              <InviteForm
                action={invitePersonAction}
                title={t("title")}
                copy={formCopy(words, await getLocale(), name)}
                form={form}
                roles={roles}
                words={words.consolePeople}
              />
            </Card>
            <Card id="grant" title={t("grant")}>
              <p className="text-[0.9375rem]">{t("grantLead")}</p>
              <form action={grantPersonAction} name="grant">
                <input type="hidden" name="form" value={form} />
                <TextField
                  name="email"
                  id="grant-email"
                  label={t("email")}
                  type="email"
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  required
                />
                <RadioGroup name="role" id="grant-role" label={t("pick")} options={roles} />
                <Button name="act" value="grant" kind="secondary" className="mt-6">
                  {t("grantSubmit")}
                </Button>
              </form>
            </Card>
          </div>
        </div>
      ) : null}
    </>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Awaited<Props["searchParams"]>) {
  const t = await getTranslations("consolePeople");
  const words = { grant: "granted", revoke: "revoked", withdraw: "withdrawn" } as const;
  const said = done === "grant" || done === "revoke" || done === "withdraw" ? t(words[done]) : null;
  const own = { invalid_input: t("badReason"), not_found: t("noAccount") };
  return <ActOutcome said={said} refused={refused} notDone={t("notDone")} own={own} className="mb-6" />;
}
