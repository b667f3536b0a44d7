type Way = { href: string; label: string };
type Props = {
  /** What is paged, for the name of the landmark. */
  label: string;
  newer?: Way | undefined;
  older?: Way | undefined;
  /** Which part is shown. */
  shown?: string;
};

const look = "inline-flex min-h-11 items-center gap-2";

/** Links to the pages before and after this one. A direction without a page has no link. */
export const Pager = ({ label, newer, older, shown }: Props) => (
  <nav aria-label={label} className="@container mt-3">
    <div className="flex flex-wrap items-center justify-between gap-x-4">
      {newer ? (
        <a className={look} href={newer.href} rel="prev">
          <span aria-hidden="true">←</span>
          {newer.label}
        </a>
      ) : (
        <span />
      )}
      {shown ? (
        <span className="order-first basis-full text-sm text-ink-2 tabular-nums @[28rem]:order-none @[28rem]:basis-auto">{shown}</span>
      ) : null}
      {older ? (
        <a className={look} href={older.href} rel="next">
          {older.label}
          <span aria-hidden="true">→</span>
        </a>
      ) : (
        <span />
      )}
    </div>
  </nav>
);
