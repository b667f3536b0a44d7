import type { Delivery, HandOver, Provider, ProviderAccount, ProviderKind } from "#lib/delivery/provider";
import { handOverIn } from "#lib/delivery/providers/aws/answer";
import { signedRequest, textBody } from "#lib/delivery/providers/aws/request";
import { awsOf, awsSecrets, awsSettings, isAwsSender } from "#lib/delivery/providers/aws/settings";
import { snsListener } from "#lib/delivery/providers/aws/sns";
import { awsWords } from "#lib/delivery/providers/aws/words";
import { exchange } from "#lib/delivery/providers/http";
import { hear } from "#lib/delivery/providers/said";

/**
 * AWS End User Messaging SMS over `fetch`. Its calls speak at once, without a key press, so an answering machine would record the code; they are
 * not offered. No call of its API tells what became of a text, so there is no `check`.
 */

function create(account: ProviderAccount): Provider {
  const aws = awsOf(account);
  const listener = aws.topicArn ? snsListener({ baseUrl: aws.baseUrl, topicArn: aws.topicArn }) : null;

  async function send(delivery: Delivery, signal: AbortSignal): Promise<HandOver> {
    if (delivery.channel !== "SMS") throw new Error("AWS carries texts alone");
    const body = textBody(delivery, aws);
    if (body === null) {
      hear({ by: "us", why: "no_sender" });
      return { status: "failed", reason: "rejected", permanent: false };
    }
    const { url, init } = signedRequest(body, aws, new Date());
    return handOverIn(await exchange(url, init, signal));
  }

  return {
    send,
    receipt: ({ method, body }) => (listener === null ? "forbidden" : method === "POST" ? listener.take(body) : "malformed"),
  };
}

/** AWS End User Messaging: texts; receipts arrive from an SNS topic, whose signature is verified. */
export const aws: ProviderKind = {
  kind: "aws",
  channels: ["SMS"],
  receipts: "signed",
  needsReceiptKey: true,
  promisesReceipts: (settings) => settings.topicArn !== undefined,
  settings: awsSettings,
  secrets: awsSecrets,
  acceptsSender: isAwsSender,
  words: awsWords,
  create,
};
