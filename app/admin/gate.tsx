import { getMessages } from "next-intl/server";
import { StepUpGate } from "#components/account/step-up-gate";
import type { StaffSession } from "#lib/web/staff";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../account/step-up/actions";

/** Stands in place of the acts of a page of the console until its session has stepped up for them; null once it has. */
export async function consoleGate(staff: StaffSession, returnTo: string) {
  const gate = await gateOf(staff, "administer");
  if (gate.open) return null;
  const { stepUp, consoleFrame } = await getMessages();
  return (
    <StepUpGate
      gate={gate}
      action="administer"
      returnTo={returnTo}
      form={sessionForm(staff)}
      when={await whenWords()}
      begin={beginStepUpAction}
      words={{ ...stepUp, lead: consoleFrame.gateLead }}
    />
  );
}
