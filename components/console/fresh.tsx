"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** How often a page whose result is still to come reads it anew, in milliseconds. */
const INTERVAL_MS = 2000;

/** Keeps a page current while it is seen and this stands on it; what is typed meanwhile stays. */
export function Fresh() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") router.refresh();
    }, INTERVAL_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
