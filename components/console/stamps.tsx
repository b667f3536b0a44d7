import type { ReactNode } from "react";

/** A dated seal: the act, its day and its author. */
export type Seal = { act: string; date: string; name: string };

export type StampColumn = {
  head: string;
  /** Words instead of a seal, for what its person did without one. */
  text?: ReactNode;
  seal?: Seal | null;
  /** What a screen reader hears of the seal, or of its absence. */
  label?: string;
};

type Props = { caption: string; columns: readonly StampColumn[]; none: string };

/** The seal in vermilion, as on paper: the act, the day and the name between two lines. */
const Hanko = ({ seal: { act, date, name }, label }: { seal: Seal; label: string }) => (
  <svg viewBox="0 0 76 76" role="img" aria-label={label} className="mx-auto my-1 block size-19 overflow-visible text-shu">
    <g transform="rotate(-5 38 38)" className="font-mincho font-bold">
      <circle cx="38" cy="38" r="35" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <path d="M4.5 29h67M4.5 47.5h67" stroke="currentColor" strokeWidth="1.75" />
      <text x="38" y="23" fontSize="13" textAnchor="middle" fill="currentColor">
        {act}
      </text>
      <text x="38" y="43" fontSize="13" textAnchor="middle" fill="currentColor">
        {date}
      </text>
      <text x="38" y="63" fontSize={name.length > 6 ? "10" : "13"} textAnchor="middle" fill="currentColor">
        {name}
      </text>
    </g>
  </svg>
);

/** The field of decisions: a dated seal for who decided, a dashed ring where no one has. */
export const Stamps = ({ caption, columns, none }: Props) => (
  <table className="w-full max-w-[30rem] border-collapse bg-surface text-center">
    <caption className="sr-only">{caption}</caption>
    <thead>
      <tr>
        {columns.map(({ head }) => (
          <th key={head} scope="col" className="border border-ink px-2 py-1 font-mincho text-sm font-bold">
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      <tr>
        {columns.map(({ head, text, seal, label = "" }) => (
          <td key={head} className="w-1/3 border border-ink px-2 py-2 align-middle text-[0.9375rem]">
            {seal ? (
              <Hanko seal={seal} label={label} />
            ) : (
              (text ?? (
                <span className="mx-auto my-1 grid size-19 place-items-center rounded-full border-2 border-dashed border-edge font-mincho text-ink-2">
                  <span aria-hidden="true">{none}</span>
                  <span className="sr-only">{label}</span>
                </span>
              ))
            )}
          </td>
        ))}
      </tr>
    </tbody>
  </table>
);
