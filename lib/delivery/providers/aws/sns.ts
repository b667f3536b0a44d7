import { createVerify, type KeyObject, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { CallbackResult } from "#lib/delivery/provider";
import { receiptsIn } from "#lib/delivery/providers/aws/event";
import { topicAddress, topicHost } from "#lib/delivery/providers/aws/settings";
import { exchange, jsonObject } from "#lib/delivery/providers/http";

/** Verifies what SNS posts, confirms the subscription of the account's own topic, and reads its events. */

const text = z.string().max(262_144);
const common = {
  MessageId: text,
  TopicArn: text,
  Message: text,
  Timestamp: text,
  SignatureVersion: text,
  Signature: text,
  SigningCertURL: text,
};
const posted = z.discriminatedUnion("Type", [
  z.object({ Type: z.literal("Notification"), Subject: text.nullish(), ...common }),
  z.object({ Type: z.literal("SubscriptionConfirmation"), Token: text, SubscribeURL: text, ...common }),
]);
export type Posted = z.infer<typeof posted>;

/** Returns the text that SNS signs: the names and values of its fields in the order of AWS's documents. */
export function signedText(message: Posted): string {
  const names =
    message.Type === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const values = message as unknown as Record<string, string | null | undefined>;
  return names.flatMap((name) => (values[name] == null ? [] : [`${name}\n${values[name]}\n`])).join("");
}

/** Returns the path of a certificate if the address is one of SNS's own in the topic's region, else null. */
export function certificatePath(address: string, topicArn: string): string | null {
  const url = URL.parse(address);
  const own = url?.protocol === "https:" && url.host === topicHost(topicArn) && !url.username && !url.password && !url.search && !url.hash;
  return own && /^\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/.test(url.pathname) ? url.pathname : null;
}

/** The most certificates that are kept; SNS signs with one for about a year. */
const KEPT = 4;

export type Verdict = "genuine" | "forged" | "unavailable";
export type SnsOptions = { baseUrl: string | null; topicArn: string; timeout?: number };

/** The listener of one topic. */
export function snsListener({ baseUrl, topicArn, timeout = 3_000 }: SnsOptions) {
  const address = topicAddress(baseUrl, topicArn);
  const keys = new Map<string, Promise<KeyObject | null>>();

  async function fetchKey(path: string): Promise<KeyObject | null> {
    const answer = await exchange(`${address}${path}`, { headers: { "user-agent": "Sekisho" } }, AbortSignal.timeout(timeout));
    if (!answer.ok || answer.status !== 200) return null;
    try {
      const certificate = new X509Certificate(answer.text);
      const now = Date.now();
      const current = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
      return current && certificate.publicKey.asymmetricKeyType === "rsa" ? certificate.publicKey : null;
    } catch {
      return null;
    }
  }

  /** Returns the public key of a certificate; a failure is not kept, so that the next message asks again. */
  async function keyAt(path: string): Promise<KeyObject | null> {
    const known = keys.get(path) ?? fetchKey(path);
    if (!keys.has(path) && keys.size >= KEPT) keys.clear();
    keys.set(path, known);
    const key = await known;
    if (!key) keys.delete(path);
    return key;
  }

  async function judge(message: Posted): Promise<Verdict> {
    const path = certificatePath(message.SigningCertURL, topicArn);
    if (message.TopicArn !== topicArn || !path) return "forged";
    const key = await keyAt(path);
    if (!key) return "unavailable";
    const signed = createVerify("RSA-SHA256").update(signedText(message)).verify(key, message.Signature, "base64");
    return signed ? "genuine" : "forged";
  }

  /** Confirms the subscription at SNS's own address; the address in the message is not followed. */
  async function confirm(token: string): Promise<boolean> {
    const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: topicArn, Token: token });
    const answer = await exchange(`${address}/?${query}`, { headers: { "user-agent": "Sekisho" } }, AbortSignal.timeout(timeout));
    return answer.ok && answer.status === 200;
  }

  return {
    /**
     * Takes one POST. Version 1 signs a SHA-1 hash, for which two messages of one hash can be made, so a topic has to be set to version 2.
     */
    async take(body: string): Promise<CallbackResult> {
      const parsed = posted.safeParse(jsonObject(body));
      if (!parsed.success || parsed.data.SignatureVersion !== "2") return "malformed";
      const message = parsed.data;
      const verdict = await judge(message);
      if (verdict !== "genuine") return verdict === "forged" ? "forbidden" : "unavailable";
      if (message.Type === "SubscriptionConfirmation") return (await confirm(message.Token)) ? { receipts: [] } : "unavailable";
      const receipts = receiptsIn(message.Message);
      return receipts ? { receipts } : "malformed";
    },
  };
}
