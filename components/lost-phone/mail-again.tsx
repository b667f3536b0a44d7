type Props = { form: string; action: (form: FormData) => Promise<void>; label: string };

/** The button that mails the code of a ready request once more. */
export const MailAgain = ({ form, action, label }: Props) => (
  <form action={action} name="mail-again" className="mt-3">
    <input type="hidden" name="form" value={form} />
    <button type="submit" className="link min-h-11" name="method" value="recovery_mail">
      {label}
    </button>
  </form>
);
