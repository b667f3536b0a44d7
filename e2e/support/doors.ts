import { type Answer, Client } from "./api.ts";
import { formIn, type PageForm } from "./forms.ts";
import { actionId } from "./surface.ts";

/** One step through each of its doors: the JSON API, the form without JavaScript, the server action as a script sends it. */

export const doors = ["api", "form", "script"] as const;
export type Door = (typeof doors)[number];
/** Fields in order; a name may repeat. */
export type Fields = Record<string, string> | readonly (readonly [string, string])[];
/** What came of a step: where it led, or the stable code of the refusal (null where the page shows no form any more). */
export type Outcome = { ok: boolean; to: string | null; code: string | null; answer: Answer };

const BOUNDARY = "----sekisho-doors";

/** A multipart body and its header; a name may repeat and may be anything. */
export function multipart(fields: Fields): { body: string; headers: Record<string, string> } {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const parts = pairs.map(([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return { body: `${parts.join("")}--${BOUNDARY}--\r\n`, headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } };
}

/** The hidden fields of the form of a page that has this field. */
export async function hiddenFields(client: Client, path: string, field: string): Promise<PageForm> {
  const page = await client.get(path);
  if (page.status !== 200) throw new Error(`${path} answered ${page.status}`);
  return formIn(page.text, field);
}

/** The name of what the forms of a page are drawn for (hidden field `form`); nothing where the page shows none. */
export async function tieOf(client: Client, path: string): Promise<PageForm> {
  const name = /<input type="hidden" name="form" value="([^"]+)"/.exec((await client.get(path)).text)?.[1];
  return name ? { form: name } : {};
}

/** Sends a form to its page as a browser without JavaScript does. */
export async function postForm(client: Client, path: string, hidden: PageForm, fields: Fields): Promise<Outcome> {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const { body, headers } = multipart([...Object.entries(hidden), ...pairs]);
  return outcome(await client.call("POST", path, body, { ...headers, origin: client.url }));
}

/** Calls the action as the page's own script does; `stateful` actions take what they returned before as a first argument. */
export async function postScript(client: Client, path: string, action: string, fields: Fields, stateful = true): Promise<Outcome> {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const prefixed = pairs.map(([name, value]) => [`_1_${name}`, value] as const);
  const { body, headers } = multipart([...prefixed, ["0", stateful ? '[{},"$K1"]' : '["$K1"]']]);
  const id = /^[0-9a-f]{40,44}$/.test(action) ? action : actionId(action);
  return outcome(await client.call("POST", path, body, { ...headers, origin: client.url, "next-action": id, accept: "text/x-component" }));
}

/** Reads what an action came to from a redirect, from the state in a page's hidden fields, or from a Flight payload. */
function outcome(answer: Answer): Outcome {
  const to = answer.headers.get("location") ?? answer.headers.get("x-action-redirect")?.replace(/;(push|replace)$/, "") ?? null;
  const text = answer.text.replace(/&quot;/g, '"').replace(/\\"/g, '"');
  // Back to the first step is where a page leads when there is no challenge (any more), and with `drawn` to where its browser stands.
  return {
    ok: to !== null && !to.startsWith("/sign-in") && !to.includes("?drawn=") && answer.status < 400,
    to,
    code: /"code":"([a-z_]+)"/.exec(text)?.[1] ?? answer.body.code ?? null,
    answer,
  };
}

/** `tied`: the form belongs to the challenge it was drawn for. */
type Step = { call: string; page: string; action: string; field: string; tied: boolean };

/** The steps of the journey and where each of their doors is. */
const steps = {
  signUp: { call: "/sign-up", page: "/sign-up", action: "signUpAction", field: "email", tied: false },
  signIn: { call: "/sign-in", page: "/sign-in", action: "signInAction", field: "identifier", tied: false },
  verify: { call: "/challenge/verify", page: "/verify", action: "verifyAction", field: "code", tied: true },
  phone: { call: "/phones", page: "/sign-up/phone", action: "bindPhoneAction", field: "number", tied: true },
} satisfies Record<string, Step>;
export type StepName = keyof typeof steps;

/** Takes one step through one door; `hidden` spares fetching the page when many are sent at once. */
export async function take(
  client: Client,
  name: StepName,
  door: Door,
  fields: Record<string, string>,
  hidden?: PageForm,
): Promise<Outcome> {
  const step = steps[name];
  if (door === "script") {
    const tie: PageForm = !step.tied ? {} : hidden ? { form: hidden.form ?? "" } : await tieOf(client, step.page);
    return postScript(client, step.page, step.action, { ...tie, ...fields });
  }
  if (door === "form") return postForm(client, step.page, hidden ?? (await hiddenFields(client, step.page, step.field)), fields);
  const body = name === "phone" ? { ...fields, acceptRisk: fields.acceptRisk === "on" } : fields;
  const answer = await client.post(step.call, body);
  return { ok: answer.status < 300, to: answer.body.next ?? null, code: answer.body.code ?? null, answer };
}

/** A client with the same cookies at one server alone, so that its origin is that server's. */
export function at(url: string, from?: Client): Client {
  const copy = new Client(url);
  for (const [name, value] of from?.cookies ?? []) copy.cookies.set(name, value);
  return copy;
}
