"use client";

import { usePathname } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { OPEN_PHONE, PHONE } from "#components/phone-link";

// Loaded when the panel is opened, so that the pages of the journey do not carry its code and words.
const Docked = lazy(() => import("#components/demo/docked"));

type Props = {
  /** The panel was open on this browser's previous page. */
  wasOpen: boolean;
  sender: string;
  locale: string;
  words: { title: string; close: string; wholePage: string };
};

/** Stores the state in a cookie: the server then renders the next page with the panel, without a layout shift. */
function remember(open: boolean) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `demo-phone=${open ? "open" : "; Max-Age=0"}; path=/; SameSite=Lax`;
}

/** The demo phone beside the site in wide windows; it stays open across pages. */
export function Dock({ wasOpen, sender, locale, words }: Props) {
  const path = usePathname();
  const [open, setOpen] = useState(wasOpen);
  const title = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    const show = () => {
      opener.current = document.activeElement;
      setOpen(true);
      remember(true);
      title.current?.focus();
    };
    addEventListener(OPEN_PHONE, show);
    return () => removeEventListener(OPEN_PHONE, show);
  }, []);
  useEffect(() => {
    if (open && opener.current) title.current?.focus();
  }, [open]);
  if (!open || path === PHONE) return null;
  const close = () => {
    setOpen(false);
    remember(false);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <aside className="dock" aria-labelledby="dock" onKeyDown={(event) => event.key === "Escape" && close()}>
      <div className="dock-bar">
        <h2 id="dock" ref={title} tabIndex={-1}>
          {words.title}
        </h2>
        <a href={PHONE}>{words.wholePage}</a>
        <button type="button" onClick={close}>
          {words.close}
        </button>
      </div>
      <Suspense>
        <Docked sender={sender} locale={locale} />
      </Suspense>
    </aside>
  );
}
