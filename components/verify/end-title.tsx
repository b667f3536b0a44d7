"use client";

import { useEffect, useRef } from "react";

/** The title of a page that replaces a form; it takes the focus, which the removed form has lost. */
export function EndTitle({ title, service }: { title: string; service: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <>
      <title>{`${title} – ${service}`}</title>
      {/* biome-ignore lint/a11y/noAutofocus: without JavaScript this is what brings the person to what happened */}
      <h1 ref={ref} tabIndex={-1} autoFocus>
        {title}
      </h1>
    </>
  );
}
