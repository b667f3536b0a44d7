import { getMessages, getTranslations } from "next-intl/server";
import { Badge, type Tone } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import { type Step, Steps } from "#components/ui/steps";
import { readFacts, readSteps, type StepName, type StepState } from "#lib/console/setup";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";

const tones: Record<StepState["state"], Tone> = { done: "good", begun: "warn", open: "neutral" };
const keyOf = (name: StepName) => (name === "go-live" ? "goLive" : name);
const upper = (name: StepName) => (name === "go-live" ? "GoLive" : name === "choose" ? "Choose" : name === "link" ? "Link" : "Rehearse");

/** The four steps from no contract to go-live, each with its state as rows and settings tell it. */
export default async function SetupPage() {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const { common } = await getMessages();
  const steps = await readSteps(await readFacts());
  const now = steps.find(({ state }) => state !== "done")?.name;
  return (
    <div className="max-w-[44rem]">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} />
      <Steps
        done={t("state_done")}
        label={t("title")}
        level={2}
        steps={steps.map(
          ({ name, state, have, of }): Step => ({
            key: name,
            state: state === "done" ? "done" : name === now ? "now" : "todo",
            title: (
              <span className="inline-flex flex-wrap items-center gap-2">
                {t(name)} <Badge tone={tones[state]}>{t(`state_${state}`)}</Badge>
              </span>
            ),
            text: (
              <>
                <p>{t(`${keyOf(name)}Text`)}</p>
                <p className="tabular-nums">{t(`${keyOf(name)}State`, { have, of })}</p>
                <Button href={`/admin/setup/${name}`} kind={name === now ? "primary" : "secondary"} small className="mt-2">
                  {t(`open${upper(name)}`)}
                </Button>
              </>
            ),
          }),
        )}
      />
      <Callout title={t("serviceTitle")} className="mt-8">
        <p>{t("serviceText")}</p>
        <p className="flex flex-wrap gap-x-6">
          <a className="inline-flex min-h-11 items-center" href="/admin/setup/service">
            {t("toService")}
          </a>
          <a className="inline-flex min-h-11 items-center" href="/admin/texts">
            {t("toTexts")}
          </a>
          {mayDo(staff.user.roles, "members.read") ? (
            <a className="inline-flex min-h-11 items-center" href="/admin/members">
              {t("toMembers")}
            </a>
          ) : null}
        </p>
      </Callout>
    </div>
  );
}
