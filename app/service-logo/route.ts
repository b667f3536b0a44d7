import { readLogo } from "#lib/policy/logo";
import { serviceNow } from "#lib/policy/service";

/** Serves the logo that pages show, under the digest of its bytes; the type is the one that its bytes were found to be. */
export async function GET(request: Request): Promise<Response> {
  const { logo } = serviceNow();
  const found = logo && new URL(request.url).searchParams.get("v") === logo ? await readLogo(logo) : null;
  if (!found) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(found.bytes), {
    headers: { "content-type": found.type, "content-disposition": "inline", "cache-control": "public, max-age=31536000, immutable" },
  });
}
