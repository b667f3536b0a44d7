"use client";

import { Crash } from "#components/crash";

type Props = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: Props) {
  return <Crash digest={error.digest} retry={reset} />;
}
