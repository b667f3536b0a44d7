/** The requester: the address as the front door determined it, and the tokens of the browser. */
export type Requester = {
  ip: string;
  userAgent: string;
  sessionToken?: string | undefined;
  deviceToken?: string | undefined;
  /** The token of the trusted device; it differs from the known device's. */
  trustedToken?: string | undefined;
  /** The token of the browser's open challenge. */
  challengeToken?: string | undefined;
};
