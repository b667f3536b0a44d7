type Props = { action: (form: FormData) => Promise<void>; label: string };

/** Ends this browser's session; a form, so that no link or prefetch can do it. */
export const SignOut = ({ action, label }: Props) => (
  <form action={action} name="sign-out">
    <button type="submit" className="button quiet small">
      {label}
    </button>
  </form>
);
