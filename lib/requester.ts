/** The requester: the address as the front door determined it, and the tokens of the browser. */
export type Requester = {
  ip: string;
  userAgent: string;
  /** Where the address is, ISO 3166-1 alpha-2, if the trusted proxy names it. */
  country?: string | undefined;
  sessionToken?: string | undefined;
  deviceToken?: string | undefined;
  /** The token of the trusted device; it differs from the known device's. */
  trustedToken?: string | undefined;
  /** The token of the browser's open challenge. */
  challengeToken?: string | undefined;
};
