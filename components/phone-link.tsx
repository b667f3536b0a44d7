"use client";

import type { MouseEvent, ReactNode } from "react";

/** Beside the site on a desktop, a page of its own elsewhere and without JavaScript. */
function openBeside(event: MouseEvent<HTMLAnchorElement>) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || screen.availWidth < 1000) return;
  const left = screen.availWidth - 440;
  if (window.open(event.currentTarget.href, "demo-phone", `popup,width=430,height=860,left=${left},top=0`)) event.preventDefault();
}

export const PhoneLink = ({ className, children }: { className?: string; children: ReactNode }) => (
  <a className={className} href="/demo/phone" target="demo-phone" onClick={openBeside}>
    {children}
  </a>
);
