/** The reason why a network request got no answer, derived from error codes of Node and undici. Pure. */
export type NetworkFailure =
  | "name_unknown"
  /** The name led into the operator's own network, and nothing was written. */
  | "private_address"
  | "refused"
  | "unreachable"
  | "no_connection_in_time"
  | "closed"
  /** SMPP: connected, but the bind was not answered. */
  | "no_bind"
  | "certificate_unknown"
  | "certificate_name"
  | "certificate_expired"
  | "tls"
  /** The request was written, but the answer timed out or the connection was lost. */
  | "silent"
  | "lost"
  | "other";

const known: readonly (readonly [RegExp, NetworkFailure])[] = [
  [/^(?:ENOTFOUND|EAI_\w+|ENODATA)$/, "name_unknown"],
  [/^PRIVATE_ADDRESS$/, "private_address"],
  [/^ECONNREFUSED$/, "refused"],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|EACCES|EINVAL)$/, "unreachable"],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|TimeoutError|AbortError)$/, "no_connection_in_time"],
  [/^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, "certificate_expired"],
  [/^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "certificate_name"],
  [/^(?:ERR_SSL_|EPROTO$|ERR_TLS_)/, "tls"],
  [/CERT|^UNABLE_TO_|SELF_SIGNED|^INVALID_CA$/, "certificate_unknown"],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|ECONNABORTED|closed)$/, "closed"],
];

/** Maps one error code to its meaning before anything was written. */
export const failureOfCode = (code: string): NetworkFailure => known.find(([pattern]) => pattern.test(code))?.[1] ?? "other";

/** Thrown where a connection led into the operator's own network. */
export class PrivateAddress extends Error {
  readonly code = "PRIVATE_ADDRESS";
}

/** Collects the codes of an error, its causes and its aggregated errors; the name of a time-out counts as a code. */
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

/** Returns why an exchange failed; after its request was written (`sent`), only whether it timed out or lost its connection. */
export function failureOf(error: unknown, sent: boolean): NetworkFailure {
  const failures = codesOf(error).map(failureOfCode);
  const found = failures.find((one) => one !== "other") ?? "other";
  if (sent) return found === "no_connection_in_time" ? "silent" : "lost";
  return found;
}
