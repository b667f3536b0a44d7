"use client";

import { useField } from "#components/form/action-form";
import { Callout } from "#components/ui/callout";

/** What an action's form answers once below itself and nothing keeps: lines of text, with their tone. */
export function ShownOnce({ name }: { name: string }) {
  const [{ value }, { value: tone }] = [useField(name), useField(`${name}Tone`)];
  if (!value) return null;
  return (
    <Callout role="status" tone={tone === "good" ? "good" : tone === "warn" ? "warn" : "info"} className="mt-4">
      {value.split("\n").map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Callout>
  );
}
