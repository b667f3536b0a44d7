import type { ReactNode } from "react";

const tones = {
  neutral: ["border-edge text-ink-2", ""],
  good: ["border-matsu text-matsu", "✓"],
  warn: ["border-kohaku text-kohaku", "▲"],
  danger: ["border-shu text-shu", "×"],
} as const;

export type Tone = keyof typeof tones;
type Props = { tone?: Tone; children: ReactNode };

/** One or two words about a thing. The words carry the meaning; mark and colour repeat it. */
export function Badge({ tone = "neutral", children }: Props) {
  const [look, mark] = tones[tone];
  return (
    <span
      className={`inline-flex max-w-full items-baseline gap-1 rounded-sm border px-2 text-[0.8125rem] leading-[1.6] ${tone === "neutral" ? "" : "font-bold"} ${look}`}
    >
      {mark ? <span aria-hidden="true">{mark}</span> : null}
      {children}
    </span>
  );
}
