import type { Delivery } from "#lib/delivery/provider";
import { type Aws, messagingAddress } from "#lib/delivery/providers/aws/settings";
import { amzDate, authorizationOf } from "#lib/delivery/providers/aws/sigv4";

/** Requests to AWS End User Messaging SMS as its own SDK builds them (a test compares the two). Pure. */

/** The bounds of `TimeToLive`, in seconds. */
const [SHORTEST_LIFE, LONGEST_LIFE] = [5, 259_200];

/** Builds the body of a text; null for an account without a sender. `Context` returns in every event of the text and identifies the attempt. */
export function textBody(delivery: Delivery, aws: Aws): string | null {
  const identity = aws.originationIdentity ?? aws.sender;
  if (!identity) return null;
  return JSON.stringify({
    DestinationPhoneNumber: delivery.to,
    OriginationIdentity: identity,
    MessageBody: delivery.text,
    MessageType: "TRANSACTIONAL",
    ...(aws.configurationSet ? { ConfigurationSetName: aws.configurationSet } : {}),
    TimeToLive: Math.min(LONGEST_LIFE, Math.max(SHORTEST_LIFE, Math.floor(delivery.validSeconds))),
    Context: { attempt: delivery.attemptId },
  });
}

/** Builds the signed request. */
export function signedRequest(body: string, aws: Aws, now: Date): { url: string; init: RequestInit } {
  const url = `${messagingAddress(aws)}/`;
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    host: new URL(url).host,
    "x-amz-date": amzDate(now),
    "x-amz-target": "PinpointSMSVoiceV2.SendTextMessage",
  };
  const authorization = authorizationOf({ method: "POST", url, headers, body }, { ...aws, service: "sms-voice" });
  const { host: _host, ...sent } = headers;
  return { url, init: { method: "POST", headers: { ...sent, authorization, "user-agent": "Sekisho" }, body } };
}
