/** The fields of a form as a browser without JavaScript submits them. */
export type PageForm = Record<string, string>;

const unescaped = (text: string) =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

/** Returns the hidden fields of the form with a field of this name. */
export function formIn(html: string, field: string): PageForm {
  const form = html.match(/<form\b[\s\S]*?<\/form>/g)?.find((one) => new RegExp(`name="${field}"`).test(one));
  if (!form) throw new Error(`no form with ${field} on the page`);
  const hidden = (form.match(/<input\b[^>]*type="hidden"[^>]*>/g) ?? []).map((input) => {
    const of = (name: string) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? "");
    return [of("name"), of("value")] as const;
  });
  return Object.fromEntries(hidden);
}

export function sendForm(
  url: string,
  path: string,
  form: PageForm,
  fields: PageForm,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...form, ...fields })) body.append(name, value);
  return fetch(url + path, { method: "POST", redirect: "manual", body, headers: { origin: url, ...headers } });
}
