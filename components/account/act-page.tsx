import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { StepUpGate } from "#components/account/step-up-gate";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import { site } from "#lib/web/site";
import type { Gate } from "#lib/web/step-up";

type Props = {
  title: string;
  lead: ReactNode;
  /** The result of an earlier act of this page. */
  done?: string | null;
  /** Why an earlier act of this page was refused. */
  trouble?: string | null;
  back?: { href: string; label: string };
  gate: Gate;
  action: string;
  returnTo: string;
  form: string;
  when: (iso: string) => string;
  begin: (form: FormData) => Promise<void>;
  /** True if the acts are one form, which then sets the page's title. */
  ownTitle?: boolean;
  /** Shown whether or not the acts are open. */
  before?: ReactNode;
  children: ReactNode;
};

/** The page of one guarded act: its explanation, the step-up, then the act. */
export async function ActPage({ title, lead, done, trouble, back, gate, ownTitle, before, children, ...gated }: Props) {
  const { account, common, stepUp } = await getMessages();
  return (
    <div className="column reading">
      {gate.open && ownTitle ? null : <title>{`${title} – ${site(common.brand).name}`}</title>}
      <PageHead title={title} lead={lead} back={back ?? { href: "/account", label: account.back }} />
      {done ? (
        <Callout tone="good" role="status" className="mb-4">
          {done}
        </Callout>
      ) : null}
      {trouble ? (
        <Callout tone="warn" role="alert" className="mb-4">
          {trouble}
        </Callout>
      ) : null}
      {before}
      {gate.open ? children : <StepUpGate gate={gate} words={stepUp} {...gated} />}
    </div>
  );
}
