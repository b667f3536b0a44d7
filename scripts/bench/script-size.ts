import { gzipSync } from "node:zlib";

/**
 * First-load JavaScript (gzip bytes) of an empty page of this Next.js version, measured like the other pages. The framework's own files grow by a
 * few hundred bytes with the number of modules of the project, because their numbers have more digits.
 */
export const EMPTY_PAGE = 135_165;

const sizes = new Map<string, Promise<number>>();
const gzipped = async (url: string) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length;

/** Returns the gzip bytes of a script, which pages share. */
function sizeOf(url: string): Promise<number> {
  const known = sizes.get(url) ?? gzipped(url);
  sizes.set(url, known);
  return known;
}

/** Returns the gzip bytes of all scripts in the HTML of a page, without polyfills for old browsers. */
export async function scriptBytes(url: string, path: string, cookie = ""): Promise<number> {
  const answer = await fetch(url + path, { redirect: "manual", headers: { cookie, accept: "text/html" } });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  const html = await answer.text();
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const files = tags
    .filter((tag) => !/nomodule/i.test(tag))
    .flatMap((tag) => /(?:src|href)="(\/_next\/static\/[^"]+\.js)"/.exec(tag)?.[1] ?? []);
  const all = await Promise.all([...new Set(files)].map((file) => sizeOf(url + file)));
  return all.reduce((sum, size) => sum + size, 0);
}
