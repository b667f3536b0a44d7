import { execFileSync } from "node:child_process";
import { createSign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An SNS topic as its subscribers see it: a certificate made by openssl, and posts signed with its key. */

export const TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:receipts";
export const CERTIFICATE_PATH = `/SimpleNotificationService-${"0a".repeat(16)}.pem`;

export type Post = Record<string, string>;

/** Makes a key and its self-signed certificate. */
export function newSigner(): { certificate: string; sign(post: Post, version?: string): Post } {
  const place = mkdtempSync(join(tmpdir(), "sekisho-sns-"));
  const [key, cert] = [join(place, "key"), join(place, "cert")];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sns.amazonaws.com"];
  execFileSync("openssl", [...made, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const [privateKey, certificate] = [readFileSync(key, "utf8"), readFileSync(cert, "utf8")];
  rmSync(place, { recursive: true });
  return {
    certificate,
    sign(post, version = "2") {
      const names = post.Type === "Notification" ? [] : ["SubscribeURL", "Token"];
      const signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type", ...names].sort();
      const text = signed.flatMap((name) => (post[name] === undefined ? [] : [`${name}\n${post[name]}\n`])).join("");
      const signature = createSign(version === "1" ? "RSA-SHA1" : "RSA-SHA256")
        .update(text)
        .sign(privateKey, "base64");
      return { ...post, SignatureVersion: version, Signature: signature };
    },
  };
}

/** A notification of the topic that has yet to be signed. */
export const notification = (message: unknown, more: Post = {}): Post => ({
  Type: "Notification",
  MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  TopicArn: TOPIC,
  Message: typeof message === "string" ? message : JSON.stringify(message),
  Timestamp: "2026-11-28T04:05:06.789Z",
  SigningCertURL: `https://sns.ap-northeast-1.amazonaws.com${CERTIFICATE_PATH}`,
  UnsubscribeURL: "https://sns.ap-northeast-1.amazonaws.com/?Action=Unsubscribe",
  ...more,
});

/** What SNS posts when an address is subscribed to the topic. */
export const confirmation = (more: Post = {}): Post => ({
  ...notification("You have chosen to subscribe to the topic.", { Type: "SubscriptionConfirmation" }),
  Token: "2336412f37fb687f5d51e6e2425e",
  SubscribeURL: "https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=other",
  ...more,
});
