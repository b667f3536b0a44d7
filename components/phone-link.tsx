"use client";

import type { MouseEvent, ReactNode } from "react";

/** Path of the demo phone's page. */
export const PHONE = "/demo/phone";

/** Event that asks the panel beside the site to open; in a narrow window the link opens the page instead. */
export const OPEN_PHONE = "sekisho:open-phone";

const roomBeside = () => matchMedia("(min-width: 64rem)").matches && location.pathname !== PHONE;

function openBeside(event: MouseEvent<HTMLAnchorElement>) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || !roomBeside()) return;
  event.preventDefault();
  dispatchEvent(new Event(OPEN_PHONE));
}

export const PhoneLink = ({ className, children }: { className?: string; children: ReactNode }) => (
  <a className={className} href={PHONE} target="demo-phone" onClick={openBeside}>
    {children}
  </a>
);
