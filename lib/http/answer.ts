import { brands, type Locale, serviceNameIn } from "#lib/delivery/wording/texts";
import type { ServiceShown } from "#lib/policy/service";
import { COMMON, type Status, wordsFor } from "./words.ts";

/** Pure: the door's own answers: a page for browsers, problem+json (RFC 9457) for programs, a line of text for the site's own scripts. */

export interface DoorAnswer {
  status: Status;
  headers: Record<string, string>;
  body: string;
}

export interface AnswerContext {
  kind: "page" | "api" | "fetch";
  language: Locale;
  nonce: string;
  /** Reference id, shown on 5xx answers. */
  id: string;
  /** Public origin, for the link on the page. */
  origin: string;
  site: Site;
}

/** The operator's data on the door's pages. */
export type Site = Pick<ServiceShown, "name" | "contact">;

const CODES: Record<Status, string> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden_origin",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  409: "page_outdated",
  413: "too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  421: "misdirected_request",
  431: "headers_too_large",
  500: "internal",
  503: "unavailable",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `:root{color-scheme:light dark;--paper:#f6f2e8;--surface:#fffdf8;--ink:#1f1b16;--ink-2:#5c5447;--line:#dfd8c8;--shu:#c2301c;--ai:#1f3a5f}
@media(prefers-color-scheme:dark){:root{--paper:#14120e;--surface:#1d1a15;--ink:#f2ecdf;--ink-2:#b5ab97;--line:#37322a;--shu:#ef7560;--ai:#a3c0ea}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.75 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,system-ui,sans-serif}
main{max-width:420px;margin:0 auto;padding:48px 20px}.brand{display:flex;gap:10px;align-items:center;font-weight:700;letter-spacing:.28em;font-size:14px;margin:0 0 32px}
.brand svg{width:26px;height:26px;color:var(--shu)}.card{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:28px 26px}
.brand,.quiet{overflow-wrap:anywhere}h1{font-size:22px;line-height:1.45;margin:0 0 10px;text-wrap:balance}p{margin:0 0 14px}.quiet{color:var(--ink-2);font-size:14px}code{font:15px ui-monospace,"SF Mono",monospace;user-select:all}
a{color:var(--ai);text-underline-offset:4px}a:focus-visible{outline:3px solid var(--ai);outline-offset:3px}`;
const GATE =
  '<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="square" aria-hidden="true"><path d="M3 8.5h26M8 5v23M24 5v23M8 14h16"/><path d="M16 17.5l3 2v5h-6v-5z" stroke-width="1.8" stroke-linejoin="round"/></svg>';

/** What a page of the door says, and where its link leads. */
export type Said = { happened: string; whatNow: string; link: { href: string; text: string } };
type PageContext = Pick<AnswerContext, "language" | "nonce" | "site">;

function page(status: Status, context: AnswerContext): string {
  const [happened, whatNow] = wordsFor(status, context.language);
  const common = COMMON[context.language];
  const { contact } = context.site;
  const asked = contact ? `<br>${common.contact}: <a href="${escaped(contact.href)}">${escaped(contact.text)}</a>` : "";
  const reference = status === 500 ? `<p class="quiet">${common.reference}: <code>${escaped(context.id)}</code>${asked}</p>` : "";
  return pageOf({ happened, whatNow, link: { href: `${context.origin}/`, text: common.home } }, context, reference);
}

/** Builds a page that needs no other file, for hosts that have none of this site; `more` is markup. */
export function pageOf({ happened, whatNow, link }: Said, context: PageContext, more = ""): string {
  const name = escaped(serviceNameIn(context.site.name, brands[context.language]));
  return `<!doctype html><html lang="${context.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${happened} – ${name}</title><style nonce="${context.nonce}">${STYLE}</style></head>
<body><main><p class="brand">${GATE}${name}</p><div class="card"><h1>${happened}</h1><p>${whatNow}</p>${more}<p><a href="${escaped(link.href)}">${link.text}</a></p></div></main></body></html>`;
}

function problem(status: Status, context: AnswerContext, code: string): string {
  const [title, detail] = wordsFor(status, context.language);
  const reference = status === 500 ? { reference: context.id } : {};
  return JSON.stringify({ type: "about:blank", title, status, code, detail, ...reference });
}

/** Builds the answer of a status in the client's format; 503 carries Retry-After (seconds). */
export function answerFor(status: Status, context: AnswerContext, code: string = CODES[status]): DoorAnswer {
  const headers: Record<string, string> = status === 503 ? { "Retry-After": "5" } : {};
  if (context.kind === "api") {
    return {
      status,
      headers: { ...headers, "Content-Type": "application/problem+json; charset=utf-8" },
      body: problem(status, context, code),
    };
  }
  if (context.kind === "fetch") {
    // Next's client shows the text only if the type is exactly this; it reads it as UTF-8.
    const [happened, whatNow] = wordsFor(status, context.language);
    const reference = status === 500 ? `\n${context.id}` : "";
    return { status, headers: { ...headers, "Content-Type": "text/plain" }, body: `${happened}\n${whatNow}${reference}` };
  }
  return { status, headers: { ...headers, "Content-Type": "text/html; charset=utf-8" }, body: page(status, context) };
}
