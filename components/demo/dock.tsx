"use client";

import { usePathname } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { OPEN_PHONE, PHONE } from "#components/phone-link";

// The handset and its words are fetched when the panel is opened: no page of the journey carries them.
const Docked = lazy(() => import("#components/demo/docked"));

type Props = {
  /** The panel was open when this browser last had a page. */
  wasOpen: boolean;
  sender: string;
  locale: string;
  words: { title: string; close: string; wholePage: string };
};

/** For the server, so that the next page is drawn with the panel and nothing moves. */
function remember(open: boolean) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `demo-phone=${open ? "open" : "; Max-Age=0"}; path=/; SameSite=Lax`;
}

/** The demo phone beside the site, on windows wide enough for both; it stays open from page to page. */
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
