import type { ReactNode } from "react";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { EndTitle } from "#components/verify/end-title";

type Props = { title: string; service: string; text: string; signIn: string; children?: ReactNode };

/** Shows why a step is unavailable for now and where to continue; it has no form, so that no input is lost. */
export const Closed = ({ title, service, text, signIn, children }: Props) => (
  <div className="column">
    {children}
    <div className="card">
      <EndTitle title={title} service={service} />
      <Callout tone="warn" className="mt-4">
        <p>{text}</p>
      </Callout>
      <Button kind="secondary" href="/sign-in" className="mt-6">
        {signIn}
      </Button>
    </div>
  </div>
);
