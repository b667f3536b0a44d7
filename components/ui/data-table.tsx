import type { ReactNode } from "react";

type Column<T> = {
  key: string;
  head: string;
  /** Figures stand at the end of the column, in digits of one width. */
  figures?: boolean;
  cell: (row: T) => ReactNode;
};

type Props<T> = {
  /** The id of the caption, which also names the region that scrolls. */
  id: string;
  caption: string;
  captionHidden?: boolean;
  /** The first column names the row. */
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** For more than five columns: the table does not get narrower than this. */
  wide?: boolean;
};

/** A table that scrolls sideways in its own region, so that the page never does. The region takes the focus, or the keyboard could not scroll it. */
export function DataTable<T>({ id, caption, captionHidden = false, columns, rows, keyOf, wide = false }: Props<T>) {
  const [name, ...others] = columns;
  const side = (figures: boolean | undefined) => (figures ? "text-end tabular-nums" : "text-start");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section tabIndex={0} aria-labelledby={id} data-scrolls className="@container relative my-3 overflow-x-auto">
      <table className={`w-full border-t-2 border-ink text-[0.9375rem] leading-[1.6] ${wide ? "min-w-[58rem]" : "min-w-[34rem]"}`}>
        <caption id={id} className={captionHidden ? "sr-only" : "pb-2 text-start"}>
          <span className="sticky start-0 block max-w-[100cqi] font-bold">{caption}</span>
        </caption>
        <thead>
          <tr className="border-b border-edge">
            {columns.map(({ key, head, figures }) => (
              <th key={key} scope="col" className={`px-2 py-2 align-bottom text-[0.8125rem] font-bold text-ink-2 ${side(figures)}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b border-line hover:bg-ink/4">
              {name ? (
                <th scope="row" className="px-2 py-2.5 text-start align-top font-bold">
                  {name.cell(row)}
                </th>
              ) : null}
              {others.map(({ key, figures, cell }) => (
                <td key={key} className={`px-2 py-2.5 align-top ${side(figures)}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
