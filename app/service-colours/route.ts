import { serviceNow } from "#lib/policy/service";
import { accentKey } from "#lib/web/accent";

/** Serves the accent of the service as a token over the product's, for both themes; the colours were judged when they were set. */
export async function GET(request: Request): Promise<Response> {
  const { accent } = serviceNow();
  if (!accent || new URL(request.url).searchParams.get("v") !== accentKey(accent)) return new Response(null, { status: 404 });
  const css = `:root:root,[data-theme][data-theme]{--ai:var(--day,${accent.day}) var(--night,${accent.night})}\n`;
  return new Response(css, {
    headers: { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=31536000, immutable" },
  });
}
