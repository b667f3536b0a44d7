import { join } from "node:path";
import { type Answer, type Client, expectStatus, type InboxMessage, PASSWORD, type Person } from "./api.ts";
import { codeOf } from "./own-control.ts";
import { must, program } from "./provider.ts";

/** The steps of a lost-phone case for tests: its person through the API, its staff by the product's own code in another process. */

/** Passes the password step in a new browser; its texts are not read. */
export async function atSignIn({ email }: Pick<Person, "email">, client: Client): Promise<Client> {
  expectStatus(await client.post("/sign-in", { identifier: email, password: PASSWORD }), 200);
  return client;
}

/** Requests a case and proves the code of its mail; the browser keeps the challenge that shows its status. */
export async function requestCase(person: Person, client: Client, reason = "new_contract"): Promise<Answer> {
  await atSignIn(person, client);
  const code = await codeOf(client, person.email, async () => expectStatus(await client.post("/lost-phone", { reason }), 202));
  return expectStatus(await client.post("/challenge/verify", { method: "email", code }), 200);
}

/** Decides on a case. */
export const decide = (databaseUrl: string, reference: string, ...acts: ("review" | "approve" | "reject" | "resume")[]): Promise<string> =>
  must(program(join("e2e", "support", "decide-case.ts"), databaseUrl, [reference, ...acts], {}));

/** Waits for the newest mail or text of a case with a code of one kind. */
export const caseNotice = (client: Client, to: string, after: string, kind: "stopCode" | "statusCode" | "code"): Promise<InboxMessage> =>
  client.awaited(to, after, (message) => message[kind] !== null && message.reference?.startsWith("R-") === true);
