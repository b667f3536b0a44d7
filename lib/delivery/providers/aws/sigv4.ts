import { createHash, createHmac } from "node:crypto";

/** AWS Signature Version 4 of a request whose body is known, without a session token. Pure. */

export type Signing = {
  method: string;
  url: string;
  /** Every header that is signed, in lower case, `host` included. */
  headers: Record<string, string>;
  body: string | Buffer;
};
export type Credentials = { accessKeyId: string; secretAccessKey: string; region: string; service: string };

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();

/** Formats a time as in `x-amz-date`: 20261128T040506Z. */
export const amzDate = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, "");

/** Returns the header `authorization`; `x-amz-date` is among the headers. */
export function authorizationOf({ method, url, headers, body }: Signing, credentials: Credentials): string {
  const { accessKeyId, secretAccessKey, region, service } = credentials;
  const names = Object.keys(headers).sort();
  const signed = names.join(";");
  const lines = names.map((name) => `${name}:${headers[name]?.trim().replace(/\s+/g, " ")}\n`).join("");
  const canonical = [method, new URL(url).pathname, "", lines, signed, sha256(body)].join("\n");
  const at = headers["x-amz-date"] ?? "";
  const day = at.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", at, scope, sha256(canonical)].join("\n")).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}
