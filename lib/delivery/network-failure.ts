/** Why there was no answer over a network, told by error codes of Node and undici. Pure. */
export type NetworkFailure =
  | "name_unknown"
  | "refused"
  | "unreachable"
  | "no_connection_in_time"
  | "closed"
  /** SMPP: a connection, and no answer to the bind. */
  | "no_bind"
  | "certificate_unknown"
  | "certificate_name"
  | "certificate_expired"
  | "tls"
  /** Written, and no answer in time, or the connection was lost. */
  | "silent"
  | "lost"
  | "other";

const known: readonly (readonly [RegExp, NetworkFailure])[] = [
  [/^(?:ENOTFOUND|EAI_\w+|ENODATA)$/, "name_unknown"],
  [/^ECONNREFUSED$/, "refused"],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|EACCES|EINVAL)$/, "unreachable"],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|TimeoutError|AbortError)$/, "no_connection_in_time"],
  [/^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, "certificate_expired"],
  [/^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "certificate_name"],
  [/^(?:ERR_SSL_|EPROTO$|ERR_TLS_)/, "tls"],
  [/CERT|^UNABLE_TO_|SELF_SIGNED|^INVALID_CA$/, "certificate_unknown"],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|ECONNABORTED|closed)$/, "closed"],
];

/** What one error code means before anything was written. */
export const failureOfCode = (code: string): NetworkFailure => known.find(([pattern]) => pattern.test(code))?.[1] ?? "other";

/** The codes of an error, of its causes, and of the attempts that it is made of; the name of a time-out is one too. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const { code, name, cause } = error as { code?: unknown; name: string; cause?: unknown };
  const errors = error instanceof AggregateError ? error.errors : [];
  return [
    ...(typeof code === "string" ? [code] : []),
    ...(["TimeoutError", "AbortError"].includes(name) ? [name] : []),
    ...[cause, ...errors].flatMap((one) => codesOf(one, depth + 1)),
  ];
}

/** Why an exchange failed; once its request was written (`sent`), only whether it ran out of time or lost its connection. */
export function failureOf(error: unknown, sent: boolean): NetworkFailure {
  const failures = codesOf(error).map(failureOfCode);
  const found = failures.find((one) => one !== "other") ?? "other";
  if (sent) return found === "no_connection_in_time" ? "silent" : "lost";
  return found;
}
