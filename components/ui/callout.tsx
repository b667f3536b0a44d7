import type { ReactNode } from "react";

const tones = {
  info: ["border-edge bg-ink/4", "bg-ink-2 text-surface", "i"],
  good: ["border-matsu bg-matsu/9", "bg-matsu text-surface", "✓"],
  warn: ["border-kohaku bg-kohaku/9", "bg-kohaku text-surface", "!"],
  danger: ["border-shu bg-shu/6", "bg-shu text-shu-ink", "×"],
} as const;

type Props = {
  tone?: keyof typeof tones;
  title?: string;
  /** Names the callout as a section; its heading gets this id. */
  id?: string;
  /** `status` for the result of an action, `alert` for what must be read first. */
  role?: "status" | "alert";
  level?: 2 | 3;
  className?: string;
  children: ReactNode;
};

/** A few sentences that a page must not bury: what happened, and what to do now. */
export function Callout({ tone = "info", title, id, role, level = 2, className = "", children }: Props) {
  const [look, seal, mark] = tones[tone];
  const Heading = `h${level}` as const;
  const Box = id && title ? "section" : "div";
  return (
    <Box
      role={role}
      data-tone={tone}
      aria-labelledby={id && title ? id : undefined}
      className={`flex gap-3 rounded-r-lg border-l-[3px] px-4 py-3 text-[0.9375rem] leading-[1.7] ${look} ${className}`}
    >
      <span
        aria-hidden="true"
        className={`mt-0.5 grid size-5 flex-none place-items-center rounded-full text-[0.8125rem] leading-none font-bold ${seal}`}
      >
        {mark}
      </span>
      <div className="min-w-0 flex-1">
        {title ? (
          <Heading id={id} className="font-sans text-base font-bold tracking-normal">
            {title}
          </Heading>
        ) : null}
        {children}
      </div>
    </Box>
  );
}
