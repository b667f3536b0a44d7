type Props = { label: string; account: string };

/** Whom a step is for: with several tabs the person sees on each which account it acts on. */
export const Whose = ({ label, account }: Props) => (
  <p className="whose">
    {label}: <bdi>{account}</bdi>
  </p>
);
