import { X509Certificate } from "node:crypto";

/** Formats settings for a list. Pure. */

const LONGEST = 80;

/** Reduces a value to one line of printable characters and truncates it. */
export const oneLine = (text: string) => {
  const line = text.replace(/[^\P{C}\n]|\s+/gu, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
};

/** Shows a certificate by its subject and expiry date, and any other PEM only as present. */
function nameOfPem(pem: string): string {
  try {
    const { subject, validTo } = new X509Certificate(pem);
    const day = new Date(validTo);
    return `[${oneLine(subject.split("\n").join(", "))}; ${Number.isNaN(day.getTime()) ? "set" : day.toISOString().slice(0, 10)}]`;
  } catch {
    return "[set]";
  }
}

/** Formats an account's settings, with certificates by subject and expiry date: `[CN=gateway; 2027-01-31]`. */
export const shownSettings = (settings: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === "string" && value.includes("-----BEGIN") ? nameOfPem(value) : value,
    ]),
  );
