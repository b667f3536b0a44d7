/** Who asks, from where: the address as the front door established it, and what the browser presented. */
export type Requester = {
  ip: string;
  userAgent: string;
  sessionToken?: string | undefined;
  deviceToken?: string | undefined;
  /** The token of the browser's open challenge. */
  challengeToken?: string | undefined;
};
