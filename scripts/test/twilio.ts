import type { ProviderAccount, Surroundings } from "#lib/delivery/provider";
import { vendor } from "./peer.ts";

/** Shared by the tests of the Twilio adapter: an account, public addresses and the used part of the official SDK's types. */

const hex = "0123456789abcdef0123456789abcdef";
export const ACCOUNT_SID = `AC${hex}`;
export const AUTH_TOKEN = "fedcba98765432100123456789abcdef";
export const MESSAGE_SID = `SM${hex}`;
export const CALL_SID = `CA${hex}`;

/** Returns an account whose API address is on loopback. */
export const accountAt = (
  baseUrl: string | null,
  settings: Record<string, unknown> = {},
  rest: Partial<Pick<ProviderAccount, "sender" | "secrets">> = {},
): ProviderAccount => ({
  id: "00000000-0000-4000-8000-000000000001",
  name: "twilio",
  kind: "twilio",
  baseUrl,
  sender: "+12025550100",
  settings: { accountSid: ACCOUNT_SID, ...settings },
  secrets: { authToken: AUTH_TOKEN },
  ...rest,
});

/** Public addresses as the product builds them. */
export const surroundings: Surroundings = {
  receiptUrl: (attemptId) => `https://auth.example.jp/api/receipts/twilio?key=k3y_-${attemptId ? `&attempt=${attemptId}` : ""}`,
  voiceUrl: (attemptId) => `https://auth.example.jp/api/receipts/twilio/voice?attempt=${attemptId}`,
  report: () => Promise.reject(new Error("nothing to report")),
  lost: () => undefined,
};

type Attributes = Record<string, unknown>;
type Speaker = { say(attributes: Attributes, text: string): unknown; pause(attributes: Attributes): unknown };
export type VoiceResponse = Omit<Speaker, "say"> & {
  say(attributes: Attributes): { prosody(attributes: Attributes, text: string): unknown };
  gather(attributes: Attributes): Speaker;
  hangup(): unknown;
  toString(): string;
};
type Created = { create(params: Attributes): Promise<unknown> };
type Fetched = (sid: string) => { fetch(params?: Attributes): Promise<unknown> };
type TwilioClient = { messages: Created & Fetched; calls: Created & Fetched; lookups: { v2: { phoneNumbers: Fetched } } };
type RequestOptions = { uri: string };
type RequestClient = new () => { request(options: RequestOptions): Promise<unknown> };
export type Params = Record<string, string | string[]>;
export type Sdk = {
  (username: string, password: string, options: Attributes): TwilioClient;
  RequestClient: RequestClient;
  twiml: { VoiceResponse: new () => VoiceResponse };
  validateRequest(token: string, signature: string, url: string, params: Params): boolean;
  getExpectedTwilioSignature(token: string, url: string, params: Params): string;
};
export const sdk = (): Sdk => vendor<Sdk>("twilio");

/** Creates an SDK client that sends every request to a loopback address; `hosts` records the original hosts. */
export function sdkAt(url: string, user: string, password: string, options: Attributes = {}): { client: TwilioClient; hosts: string[] } {
  const hosts: string[] = [];
  class Redirected extends sdk().RequestClient {
    override request(given: RequestOptions): Promise<unknown> {
      const { origin } = new URL(given.uri);
      hosts.push(origin);
      return super.request({ ...given, uri: url + given.uri.slice(origin.length) });
    }
  }
  return { client: sdk()(user, password, { accountSid: ACCOUNT_SID, httpClient: new Redirected(), ...options }), hosts };
}
