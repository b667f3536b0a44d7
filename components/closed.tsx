import type { ReactNode } from "react";
import { EndTitle } from "#components/verify/end-title";

type Props = { title: string; service: string; text: string; signIn: string; children?: ReactNode };

/** Shows why a step is unavailable for now and where to continue; it has no form, so that no input is lost. */
export const Closed = ({ title, service, text, signIn, children }: Props) => (
  <div className="column">
    {children}
    <div className="card">
      <EndTitle title={title} service={service} />
      <p className="note mt-4">{text}</p>
      <a className="button quiet mt-6" href="/sign-in">
        {signIn}
      </a>
    </div>
  </div>
);
