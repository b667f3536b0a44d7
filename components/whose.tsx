type Props = { label: string; account: string };

/** Names the account of a step, because several tabs can show different accounts. */
export const WhoseAccount = ({ label, account }: Props) => (
  <p className="whose">
    {label}: <bdi>{account}</bdi>
  </p>
);
