import { type Answer, type Client, expectStatus, type InboxMessage, type Person } from "./api.ts";

/** A signed-in person's own control through the API: step-up before guarded acts, and the codes of notices. */

export const NEW_PASSWORD = "夕顔 ひそかに 咲く 17";

/** Returns the code that a step sends to an address or number, whatever notices arrive beside it. */
export async function codeOf(client: Client, to: string, step: () => Promise<unknown>): Promise<string> {
  const before = await client.latest(to);
  await step();
  return (await client.awaited(to, before, ({ code }) => code !== null)).code ?? "";
}

/** Returns the notice with a code of one kind that an act sends to an address or number. */
export async function noticeOf(
  client: Client,
  to: string,
  kind: "stopCode" | "undoCode",
  act: () => Promise<unknown>,
): Promise<InboxMessage> {
  const before = await client.latest(to);
  await act();
  return client.awaited(to, before, (message) => message[kind] !== null);
}

/** Proves the texted code for a class of acts, unless the class is open already. */
export async function stepUp({ client, number }: Pick<Person, "client" | "number">, action: string): Promise<Answer> {
  const before = await client.latest(number);
  const begun = expectStatus(await client.post("/step-up", { action }), 200);
  if (begun.body.next === "stepped_up") return begun;
  const { code } = await client.awaited(number, before, (message) => message.code !== null);
  return expectStatus(await client.post("/challenge/verify", { method: "sms", code }), 200);
}

/** Proves the code to a number that a stepped-up session adds, or puts in place of another. */
export async function addPhone(client: Client, number: string, replaces?: string): Promise<Answer> {
  const code = await codeOf(client, number, async () =>
    expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true, ...(replaces ? { replaces } : {}) }), 202),
  );
  return expectStatus(await client.post("/challenge/verify", { code }), 200);
}

export type FactorsJson = { phones: { id: string; hint: string; name: string | null; channel: string; default: boolean }[] };

/** The phones of a signed-in person, as the API lists them. */
export const phonesOf = async (client: Client): Promise<FactorsJson["phones"]> =>
  (expectStatus(await client.get("/api/v1/factors"), 200).body as unknown as FactorsJson).phones;

/** Opens a reset and proves its mailed code; the account's second factor is next, if it has one. */
export async function proveMailbox(client: Client, email: string, identifier = email): Promise<Answer> {
  const code = await codeOf(client, email, async () => expectStatus(await client.post("/password-reset", { identifier }), 202));
  return expectStatus(await client.post("/challenge/verify", { method: "email", code }), 200);
}
