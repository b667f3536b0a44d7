import type { ReactNode } from "react";
import { EndTitle } from "#components/verify/end-title";

type Props = { title: string; service: string; text: string; signIn: string; children?: ReactNode };

/** A step that cannot be taken for now: why, and where to go on; no form, so that nothing is typed in vain. */
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
