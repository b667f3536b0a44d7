"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import type { Words } from "#lib/words/ja";

/** The room behind each letter that follows `g`. */
const LETTERS: Record<string, string> = {
  o: "/admin",
  u: "/admin/users",
  c: "/admin/cases",
  m: "/admin/messages",
  b: "/admin/abuse",
  y: "/admin/usage",
  h: "/admin/health",
  a: "/admin/audit",
  p: "/admin/policy",
  s: "/admin/people",
};

/** How long the second key may take, in milliseconds, and where it is kept that a person wants no keys (WCAG 2.1.4). */
const PAUSE_MS = 1500;
const OFF = "console-keys-off";

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys for those who use the console all day: `/` goes to the search, `g` and a letter to a room. Without scripts there are links for both. */
export function ConsoleKeys({ words }: { words: Words["consoleFrame"] }) {
  const path = usePathname();
  const [off, setOff] = useState<boolean | null>(null);
  useEffect(() => setOff(localStorage.getItem(OFF) === "yes"), []);
  useEffect(() => {
    for (const link of document.querySelectorAll(".console-room")) {
      const room = link.getAttribute("href");
      if (path === room) link.setAttribute("aria-current", "page");
      // A page inside a room marks the room, which is not that page itself.
      else if (room !== "/admin" && path?.startsWith(`${room}/`)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, [path]);
  useEffect(() => {
    if (off !== false) return;
    let goUntil = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
      const room = LETTERS[event.key];
      if (event.key === "/") {
        event.preventDefault();
        document.getElementById("console-search")?.focus();
      } else if (event.key === "g") goUntil = event.timeStamp + PAUSE_MS;
      else if (room && event.timeStamp < goUntil) location.assign(room);
      if (event.key !== "g") goUntil = 0;
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [off]);
  if (off === null) return null;
  const turn = () => {
    localStorage.setItem(OFF, off ? "no" : "yes");
    setOff(!off);
  };
  return (
    <details className="mt-3 px-3 text-sm text-ink-2 print:hidden">
      <summary className="min-h-11 cursor-pointer py-2">{words.keys}</summary>
      <p>{words.keysText}</p>
      <label className="check mt-2">
        <input type="checkbox" checked={!off} onChange={turn} />
        <span>{words.keysUse}</span>
      </label>
    </details>
  );
}
