import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { generateSync } from "otplib";
import { Client, expectStatus, PASSWORD, type Person, register } from "./api.ts";
import { addApp, stepUp } from "./factor-plays.ts";
import type { Visitor } from "./person.ts";
import { must, program } from "./provider.ts";
import { openRows } from "./rows.ts";
import type { Instance } from "./server.ts";
import { adopt, type Look, visit } from "./visit.ts";

/** Staff for tests: people with a role and an authenticator app, whose sessions have stepped up for acts. */

export type StaffRole = "support" | "administrator";
export type StaffPerson = Person & { secret: string; role: StaffRole };

type Where = Pick<Instance, "url" | "databaseUrl">;

/** Runs work on the rows of a server's database. */
export async function onRows<T>(
  { databaseUrl }: Pick<Where, "databaseUrl">,
  work: (rows: Awaited<ReturnType<typeof openRows>>) => Promise<T>,
) {
  const rows = await openRows(databaseUrl);
  return work(rows).finally(() => rows.close());
}

/** What an app shows at the product's time. */
const shownAt = (secret: string, serverTime: string) => generateSync({ secret, epoch: Math.floor(Date.parse(serverTime) / 1000) });

/** Answers the open challenge of a browser by the app; a time step counts once, so the last one is forgotten. */
async function proveByApp(where: Where, { client, email, secret }: Pick<StaffPerson, "client" | "email" | "secret">): Promise<void> {
  await onRows(where, (rows) =>
    rows.query(
      "UPDATE totp SET last_step = 0 FROM authenticators a JOIN users u ON u.id = a.user_id WHERE a.id = totp.id AND u.email = $1",
      email,
    ),
  );
  const { body } = expectStatus(await client.get("/api/v1/challenge"), 200);
  const { serverTime } = body as unknown as { serverTime: string };
  expectStatus(await client.post("/challenge/verify", { method: "totp", code: shownAt(secret, serverTime) }), 200);
}

/** Steps a session of staff up for acts, as often as a test needs it. */
export async function openActs(where: Where, staff: StaffPerson): Promise<void> {
  const begun = expectStatus(await staff.client.post("/step-up", { action: "administer" }), 200);
  if (begun.body.next !== "stepped_up") await proveByApp(where, staff);
}

/** Gives a role by its rows, as if it had been given long ago: an administrator may approve then. */
export const giveRole = (where: Where, email: string, role: StaffRole, days = 100) =>
  onRows(where, async (rows) => {
    await rows.query("UPDATE users SET roles = ARRAY[$2::text] WHERE email = $1", email, role);
    await rows.query(
      `INSERT INTO staff_grants (subject, role, granted_by, granted_at)
       SELECT audit_subject, $2, 'test', app_now() - make_interval(days => $3::int) FROM users WHERE email = $1`,
      email,
      role,
      days,
    );
  });

/** A new member of staff whose session may act; with `entered` false, one whose session a text has opened and no app has proven. */
export async function newStaff(where: Where, role: StaffRole, { days = 100, entered = true } = {}): Promise<StaffPerson> {
  const person = await register(new Client(where.url));
  await stepUp(person);
  const secret = await addApp(person.client);
  await giveRole(where, person.email, role, days);
  const staff = { ...person, secret, role };
  if (entered) await openActs(where, staff);
  return staff;
}

/** Signs a member of staff in again, for the time after a short session has ended. */
export async function enterAgain(where: Where, staff: StaffPerson): Promise<StaffPerson> {
  const again = { ...staff, client: new Client(where.url) };
  expectStatus(await again.client.post("/sign-in", { identifier: staff.email, password: PASSWORD }), 200);
  await proveByApp(where, again);
  await openActs(where, again);
  return again;
}

/** Opens the browser of a new member of staff, for as long as `run` runs. */
export async function staffBrowser(
  browser: Browser,
  where: Where,
  role: StaffRole,
  look: Look,
  run: (visitor: Visitor, staff: StaffPerson) => Promise<void>,
): Promise<void> {
  const staff = await newStaff(where, role);
  await visit(browser, where.url, look, async (visitor) => {
    await adopt(visitor.page.context(), staff.client);
    await run(visitor, staff);
  });
}

/** Prepares a case as a member of staff does at the request of a caller; returns its reference. */
export const startCase = async (where: Where, { email }: Pick<Person, "email">, staff: Pick<Person, "email">): Promise<string> =>
  (await must(program(join("e2e", "support", "start-case.ts"), where.databaseUrl, [email, staff.email], {}))).trim();

/** Fills in the form of a case and presses one of its buttons. */
export async function decide(
  { page }: Pick<Visitor, "page">,
  act: "review" | "approve" | "reject" | "cancel" | "resume",
  reason: string,
  checks: string[] = [],
): Promise<void> {
  for (const check of checks) await page.locator(`form[name="decide"] input[name="check"][value="${check}"]`).check();
  await page.locator('form[name="decide"] input[name="reason"]').fill(reason);
  await page.locator(`form[name="decide"] button[name="act"][value="${act}"]`).click();
}
