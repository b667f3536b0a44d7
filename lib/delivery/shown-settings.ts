import { X509Certificate } from "node:crypto";

/** Settings as a list may show them. Pure. */

/** A setting's longest text in a list. */
const LONGEST = 80;

/** One line of printable characters, cut where it is longer. */
export const oneLine = (text: string) => {
  const line = text.replace(/[^\P{C}\n]|\s+/gu, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
};

/** A certificate by its subject and the day it ends; anything else in PEM only as being there. */
function nameOfPem(pem: string): string {
  try {
    const { subject, validTo } = new X509Certificate(pem);
    const day = new Date(validTo);
    return `[${oneLine(subject.split("\n").join(", "))}; ${Number.isNaN(day.getTime()) ? "set" : day.toISOString().slice(0, 10)}]`;
  } catch {
    return "[set]";
  }
}

/** What an account is set to, its certificates by subject and last day: `[CN=gateway; 2027-01-31]`. */
export const shownSettings = (settings: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === "string" && value.includes("-----BEGIN") ? nameOfPem(value) : value,
    ]),
  );
