import { z } from "zod";

/** The operator's contact: the shown text and its link. */
export type Contact = { kind: "mail" | "web" | "phone"; text: string; href: string };

/** Parses CONTACT: a mail address, an http(s) URL, or a telephone number; null for anything else. */
export function readContact(value: string): Contact | null {
  const text = value.trim();
  if (z.email().safeParse(text).success) return { kind: "mail", text, href: `mailto:${text}` };
  if (isWebAddress(text)) return { kind: "web", text, href: text };
  const digits = text.replace(/[\s()-]/g, "");
  return /^\+?\d{3,15}$/.test(digits) && /^[+\d\s()-]{3,24}$/.test(text) ? { kind: "phone", text, href: `tel:${digits}` } : null;
}

/** Tells whether a value is an absolute http(s) URL without credentials, at most 300 characters. */
export function isWebAddress(value: string): boolean {
  const url = value.length <= 300 && !/\s/.test(value) ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
