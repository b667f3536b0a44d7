import type { ReactNode } from "react";

type Column<T> = { key: string; head: string; figures?: boolean; cell: (row: T) => ReactNode };

type Props<T> = {
  caption: string;
  /** The caption is shown above the table. */
  captioned?: boolean;
  /** The first column names the row. */
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
};

/** A table that is displayed as blocks loses its roles in browsers, so each part says its own. */
const as = {
  table: { role: "table" },
  row: { role: "row" },
  group: { role: "rowgroup" },
  column: { role: "columnheader" },
  name: { role: "rowheader" },
  cell: { role: "cell" },
};

const label = "before:text-sm before:font-bold before:text-ink-2 before:content-[attr(data-label)] @[42rem]:before:hidden";
const cellLook = `grid grid-cols-[6rem_minmax(0,1fr)] items-baseline gap-x-3 py-1 @[42rem]:table-cell @[42rem]:px-2 @[42rem]:py-2.5 @[42rem]:align-top ${label}`;

/** A table as in print: a heavy rule above, hair lines between. In a narrow room each row is a card whose cells have their headings beside them. */
export const RecordTable = <T,>({ caption, captioned = false, columns, rows, keyOf }: Props<T>) => (
  <div className="@container">
    <table {...as.table} className="block w-full border-t-2 border-ink text-[0.9375rem] leading-[1.6] @[42rem]:table">
      <caption className={captioned ? "block pb-2 text-start text-[0.9375rem] @[42rem]:table-caption" : "sr-only"}>{caption}</caption>
      <thead {...as.group} className="sr-only @[42rem]:not-sr-only @[42rem]:table-header-group">
        <tr {...as.row} className="border-b border-edge">
          {columns.map(({ key, head, figures }) => (
            <th
              key={key}
              {...as.column}
              scope="col"
              className={`px-2 py-2 text-[0.8125rem] font-bold wrap-normal text-ink-2 ${figures ? "text-end" : "text-start"}`}
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...as.group} className="block @[42rem]:table-row-group">
        {rows.map((row) => (
          <tr key={keyOf(row)} {...as.row} className="block border-b border-line py-2 @[42rem]:table-row @[42rem]:py-0">
            {columns.map(({ key, head, cell, figures }, index) =>
              index === 0 ? (
                <th key={key} {...as.name} scope="row" data-label={head} className={`text-start font-bold ${cellLook}`}>
                  <div>{cell(row)}</div>
                </th>
              ) : (
                <td key={key} {...as.cell} data-label={head} className={`${cellLook} ${figures ? "tabular-nums @[42rem]:text-end" : ""}`}>
                  <div>{cell(row)}</div>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
