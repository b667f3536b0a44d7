import { z } from "zod";
import type { ProviderAccount } from "#lib/delivery/provider";

/** The settings and secrets of an AWS account, and the addresses of its services. Pure. */

const LOOPBACK = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;
const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d{1,2}";

export const awsSettings = z
  .object({
    region: z.string().regex(new RegExp(`^${REGION}$`)),
    accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
    /** A phone number, sender id or pool of the AWS account, as id or ARN; without it the published sender. */
    originationIdentity: z
      .string()
      .regex(/^[A-Za-z0-9_:/+-]{1,256}$/)
      .optional(),
    /** The configuration set whose event destination is the topic. */
    configurationSet: z
      .string()
      .regex(/^[A-Za-z0-9_:/-]{1,256}$/)
      .optional(),
    /** The SNS topic that reports; messages of any other topic are refused. */
    topicArn: z
      .string()
      .regex(new RegExp(`^arn:aws:sns:${REGION}:\\d{12}:[A-Za-z0-9_-]{1,256}$`))
      .optional(),
  })
  // Only texts of a configuration set are reported to a topic.
  .refine(({ configurationSet, topicArn }) => configurationSet || !topicArn, { path: ["configurationSet"] });

export const awsSecrets = z.object({ secretAccessKey: z.string().regex(/^[\x21-\x7e]{1,128}$/) });

export type Aws = z.infer<typeof awsSettings> & { secretAccessKey: string; baseUrl: string | null; sender: string | null };

/** Converts a published number to AWS's format; a sender id stays as it is. */
const senderOf = (published: string): string => (/^\+?[\d .-]+$/.test(published) ? published.replace(/[ .-]/g, "") : published);

/** Returns true if AWS accepts this sender: an E.164 number, a short code, or a sender id of 1 to 11 letters, digits, `_` and `-`. */
export const isAwsSender = (published: string): boolean =>
  /^\+?\d{3,15}$/.test(senderOf(published)) || /^(?=.*[A-Za-z])[A-Za-z0-9_-]{1,11}$/.test(published);

/** Returns the account for the adapter; throws for settings that validation would refuse. */
export function awsOf(account: ProviderAccount): Aws {
  const sender = account.sender && senderOf(account.sender);
  return { ...awsSettings.parse(account.settings), ...awsSecrets.parse(account.secrets), baseUrl: account.baseUrl, sender };
}

/** Returns the address of End User Messaging SMS. */
export const messagingAddress = ({ baseUrl, region }: Pick<Aws, "baseUrl" | "region">): string =>
  baseUrl ?? `https://sms-voice.${region}.amazonaws.com`;

/** Returns SNS's own host for a topic, the only one whose certificates are believed. */
export const topicHost = (topicArn: string): string => `sns.${topicArn.split(":")[3]}.amazonaws.com`;

/** Returns where SNS is reached: its own host, or the base URL if that is an emulator on this machine. */
export const topicAddress = (baseUrl: string | null, topicArn: string): string =>
  baseUrl !== null && LOOPBACK.test(baseUrl) ? baseUrl : `https://${topicHost(topicArn)}`;
