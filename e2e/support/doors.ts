import { type Answer, Client } from "./api.ts";
import { formIn, type PageForm } from "./forms.ts";
import { actionId } from "./surface.ts";

/** Performs one step through each entry point: the JSON API, the form without JavaScript, the server action as a script sends it. */

export const doors = ["api", "form", "script"] as const;
export type Door = (typeof doors)[number];
/** Fields in order; names may repeat. */
export type Fields = Record<string, string> | readonly (readonly [string, string])[];
/** The outcome of a step: the target of its redirect, or the code of the refusal (null if the page shows no form). */
export type Outcome = { ok: boolean; to: string | null; code: string | null; answer: Answer };

const BOUNDARY = "----sekisho-doors";

/** Builds a multipart body and its header; names may repeat and contain any character. */
export function multipart(fields: Fields): { body: string; headers: Record<string, string> } {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const parts = pairs.map(([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return { body: `${parts.join("")}--${BOUNDARY}--\r\n`, headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } };
}

/** Returns the hidden fields of the page's form with this field. */
export async function hiddenFields(client: Client, path: string, field: string): Promise<PageForm> {
  const page = await client.get(path);
  if (page.status !== 200) throw new Error(`${path} answered ${page.status}`);
  return formIn(page.text, field);
}

/** Returns the form name that the page's forms carry (hidden field `form`); empty if it has none. */
export async function tieOf(client: Client, path: string): Promise<PageForm> {
  const name = /<input type="hidden" name="form" value="([^"]+)"/.exec((await client.get(path)).text)?.[1];
  return name ? { form: name } : {};
}

/** Submits a form to its page like a browser without JavaScript. */
export async function postForm(client: Client, path: string, hidden: PageForm, fields: Fields): Promise<Outcome> {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const { body, headers } = multipart([...Object.entries(hidden), ...pairs]);
  return outcome(await client.call("POST", path, body, { ...headers, origin: client.url }));
}

/** Calls the action like the page's script; `stateful` actions take their previous result as the first argument. */
export async function postScript(client: Client, path: string, action: string, fields: Fields, stateful = true): Promise<Outcome> {
  const pairs = Array.isArray(fields) ? (fields as readonly (readonly [string, string])[]) : Object.entries(fields);
  const prefixed = pairs.map(([name, value]) => [`_1_${name}`, value] as const);
  const { body, headers } = multipart([...prefixed, ["0", stateful ? '[{},"$K1"]' : '["$K1"]']]);
  const id = /^[0-9a-f]{40,44}$/.test(action) ? action : actionId(action);
  return outcome(await client.call("POST", path, body, { ...headers, origin: client.url, "next-action": id, accept: "text/x-component" }));
}

/** Reads the outcome of an action from a redirect, from the state in the page's hidden fields, or from a Flight payload. */
function outcome(answer: Answer): Outcome {
  const to = answer.headers.get("location") ?? answer.headers.get("x-action-redirect")?.replace(/;(push|replace)$/, "") ?? null;
  const text = answer.text.replace(/&quot;/g, '"').replace(/\\"/g, '"');
  // A page without an open challenge redirects to the first step, and with `drawn` to the browser's current step.
  return {
    ok: to !== null && !/^\/sign-in(?!\?reset$)/.test(to) && !to.includes("?drawn=") && answer.status < 400,
    to,
    code: /"code":"([a-z_]+)"/.exec(text)?.[1] ?? answer.body.code ?? null,
    answer,
  };
}

/** `tied`: the form belongs to the challenge that it was rendered for. */
type Step = { call: string; page: string; action: string; field: string; tied: boolean };

/** The steps of the journey with the address of each entry point. */
const steps = {
  signUp: { call: "/sign-up", page: "/sign-up", action: "signUpAction", field: "email", tied: false },
  signIn: { call: "/sign-in", page: "/sign-in", action: "signInAction", field: "identifier", tied: false },
  verify: { call: "/challenge/verify", page: "/verify", action: "verifyAction", field: "code", tied: true },
  phone: { call: "/phones", page: "/sign-up/phone", action: "bindPhoneAction", field: "number", tied: true },
  reset: { call: "/password-reset", page: "/forgot-password", action: "forgotPasswordAction", field: "identifier", tied: false },
  newPassword: {
    call: "/password-reset/password",
    page: "/reset-password",
    action: "resetPasswordAction",
    field: "password",
    tied: true,
  },
  password: { call: "/account/password", page: "/account/password", action: "changePasswordAction", field: "password", tied: true },
  email: { call: "/account/email", page: "/account/email", action: "changeEmailAction", field: "email", tied: true },
  addPhone: { call: "/phones", page: "/account/phones/add", action: "addPhoneAction", field: "number", tied: true },
  stop: { call: "/stop", page: "/stop", action: "stopAction", field: "stopCode", tied: false },
  undo: { call: "/undo", page: "/undo", action: "undoAction", field: "undoCode", tied: false },
} satisfies Record<string, Step>;
export type StepName = keyof typeof steps;
export const pageOf = (name: StepName): string => steps[name].page;

/** Performs a step through an entry point; with `hidden` it skips fetching the page, for concurrent requests. */
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
  const body = step.call === "/phones" ? { ...fields, acceptRisk: fields.acceptRisk === "on" } : fields;
  const answer = await client.post(step.call, body);
  return { ok: answer.status < 300, to: answer.body.next ?? null, code: answer.body.code ?? null, answer };
}

/** Returns a client with the same cookies that uses one server, so that its Origin is that server's. */
export function at(url: string, from?: Client): Client {
  const copy = new Client(url);
  for (const [name, value] of from?.cookies ?? []) copy.cookies.set(name, value);
  return copy;
}
