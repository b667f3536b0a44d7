type Props = {
  label: string;
  /** One code to a line. */
  codes: readonly string[];
  /** Splits a long code into groups of so many characters. The gap is drawn and not copied. */
  group?: number;
};

const groupsOf = (code: string, size: number) =>
  [...code].reduce<string[]>((groups, letter, at) => {
    if (at % size === 0) groups.push("");
    groups[groups.length - 1] += letter;
    return groups;
  }, []);

/** Codes to read, copy by hand or print. Several are numbered; `codes` is what the print sheet calls the list. */
export const CodeBlock = ({ label, codes, group }: Props) => (
  <ol
    aria-label={label}
    className="codes mt-5 grid gap-x-6 rounded-lg border border-dashed border-edge bg-sunk px-4 py-3 font-mono text-[1.0625rem] tabular-nums [counter-reset:code]"
  >
    {codes.map((code) => (
      <li
        key={code}
        className={`flex items-baseline gap-3 py-1.5 [counter-increment:code] ${codes.length > 1 ? "whitespace-nowrap before:w-6 before:flex-none before:text-end before:text-sm before:text-ink-2 before:content-[counter(code)]" : ""}`}
      >
        {group ? (
          <span className="flex flex-wrap gap-x-[0.75em]">
            {groupsOf(code, group).map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the groups of one code stay where they are, and two may be alike
              <span key={at}>{part}</span>
            ))}
          </span>
        ) : (
          code
        )}
      </li>
    ))}
  </ol>
);
