import { createHash } from "node:crypto";
import { type Sql, sql } from "#lib/db/sql";
import { type ImageType, imageOf } from "#lib/policy/image";

/** The logo of the service: kept by its digest, so that a page names exactly the bytes that it means and browsers may keep them. */

/** The largest logo in bytes, and the least and the most of its sides in pixels. */
export const LOGO = { bytes: 256 * 1024, least: 16, most: 1024 } as const;

/** Whether bytes may be a logo, or why not: too large, or no PNG, JPEG or WebP of such a size. */
export function logoProblem(bytes: Uint8Array): "too_large" | "invalid_input" | null {
  if (bytes.length > LOGO.bytes) return "too_large";
  const image = imageOf(bytes);
  const fits = (side: number) => side >= LOGO.least && side <= LOGO.most;
  return image && fits(image.width) && fits(image.height) ? null : "invalid_input";
}

/** Keeps a logo that `logoProblem` has passed; returns its digest in hexadecimal. */
export async function keepLogo(tx: Sql, bytes: Uint8Array): Promise<string> {
  const image = imageOf(bytes);
  if (!image) throw new Error("a logo that is no image");
  const digest = createHash("sha256").update(bytes).digest();
  await tx`INSERT INTO logos (digest, type, bytes) VALUES (${digest}, ${image.type}, ${Buffer.from(bytes)}) ON CONFLICT DO NOTHING`;
  return digest.toString("hex");
}

/** Reads a logo by its digest in hexadecimal; null where there is none. */
export async function readLogo(digest: string): Promise<{ type: ImageType; bytes: Buffer } | null> {
  const [row] = await sql<{ type: ImageType; bytes: Buffer }>`SELECT type, bytes FROM logos WHERE digest = ${Buffer.from(digest, "hex")}`;
  return row ?? null;
}
