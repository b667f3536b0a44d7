import { Button } from "#components/ui/button";

type Props = { action: (form: FormData) => Promise<void>; label: string };

/** Ends this browser's session. It is a form, because a link or a prefetch must not end a session. */
export const SignOut = ({ action, label }: Props) => (
  <form action={action} name="sign-out">
    <Button kind="secondary" small>
      {label}
    </Button>
  </form>
);
