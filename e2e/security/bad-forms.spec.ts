import { Client, freshEmail, freshNumber, PASSWORD, type Person, passPassword } from "../support/api.ts";
import { type Fields, hiddenFields, postForm, postScript, tieOf } from "../support/doors.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { NEW_PASSWORD } from "../support/own-control.ts";
import { awaitingNumber, awaitingPassword, steppedUp } from "../support/stages.ts";

// Forbidden input is refused in forms and in direct calls of their actions alike, and changes no row, cookie or counter (WB-05, RG-04, OTP-14, A15,
// E06, I07, I08).

/** Each form's page with a browser that is at it, the account behind the code's page, and its right code. */
type Stand = { person: Person; right: string; at: Record<string, Client> };

const test = base.extend<object, { stand: Stand }>({
  stand: [
    async ({ server, rows, person }, use) => {
      const { client: pending, code: right } = await passPassword(person, new Client(server.url));
      const fresh = () => new Client(server.url);
      const own = await steppedUp(server.url);
      const at = {
        "/reset-password": (await awaitingPassword(server.url)).client,
        "/account/password": own.client,
        "/account/email": own.client,
        "/account/phones/add": own.client,
        "/sign-up": fresh(),
        "/sign-in": fresh(),
        "/verify": pending,
        "/sign-up/phone": await awaitingNumber(server.url),
      };
      await rows.settled();
      await use({ person, right, at });
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

type Form = { path: string; action: string; fields: (stand: Stand) => Record<string, string> };
const forms: Form[] = [
  { path: "/sign-up", action: "signUpAction", fields: () => ({ email: freshEmail(), password: PASSWORD }) },
  { path: "/sign-in", action: "signInAction", fields: ({ person }) => ({ identifier: person.email, password: PASSWORD }) },
  { path: "/verify", action: "verifyAction", fields: ({ right }) => ({ code: right }) },
  { path: "/sign-up/phone", action: "bindPhoneAction", fields: () => ({ number: freshNumber(), channel: "sms", acceptRisk: "on" }) },
  { path: "/reset-password", action: "resetPasswordAction", fields: () => ({ password: NEW_PASSWORD }) },
  { path: "/account/password", action: "changePasswordAction", fields: () => ({ password: NEW_PASSWORD }) },
  {
    path: "/account/phones/add",
    action: "addPhoneAction",
    fields: () => ({ number: freshNumber(), channel: "sms", acceptRisk: "on" }),
  },
  { path: "/account/email", action: "changeEmailAction", fields: () => ({ email: freshEmail() }) },
];

/** Fields that no form has: attributes of an account, and names that reach an object's prototype (E06). */
const EXTRA =
  "role roles isAdmin is_admin emailVerified email_verified phoneVerifiedAt verified_at mfaEnabled failedCount attempts id userId user_id challengeId createdAt disabled_at purpose aal amr __proto__ constructor prototype toString hasOwnProperty __proto__[roles] constructor.prototype.roles".split(
    " ",
  );

function spoiled({ fields }: Form, stand: Stand): Record<string, Fields> {
  const good = fields(stand);
  const pairs = Object.entries(good);
  const but = (name: string, value: string) => pairs.map(([key, old]) => [key, key === name ? value : old] as const);
  const all: Record<string, Fields> = {};
  for (const name of EXTRA) all[`extra ${name}`] = [...pairs, [name, "admin"]];
  for (const [name, value] of pairs) {
    all[`${name} missing`] = pairs.filter(([key]) => key !== name);
    all[`${name} empty`] = but(name, "");
    all[`${name} twice`] = [...pairs, [name, value]];
    all[`${name} wrong, then right`] = [...but(name, "000000"), [name, value]];
    all[`${name} right, then wrong`] = [...pairs, [name, "000000"]];
    all[`${name}[]`] = pairs.map(([key, old]) => [key === name ? `${name}[]` : key, old] as const);
    all[`${name}[not]`] = pairs.map(([key, old]) => [key === name ? `${name}[not]` : key, old] as const);
    all[`${name} with NUL`] = but(name, `${value}\0`);
    all[`${name} far too long`] = but(name, "1".repeat(20_000));
    all[`${name} as a file`] = pairs.map(([key, old]) => [key === name ? `${name}"; filename="a.txt` : key, old] as const);
  }
  return all;
}

for (const form of forms)
  test(`At ${form.path} every spoiled form is refused with and without JavaScript, and nothing has changed.`, async ({ rows, stand }) => {
    test.setTimeout(90_000);
    const client = stand.at[form.path] as Client;
    const hidden = await hiddenFields(client, form.path, Object.keys(form.fields(stand))[0] ?? "");
    const cookies = [...client.cookies];
    const before = await rows.state();
    for (const [what, fields] of Object.entries(spoiled(form, stand)))
      for (const door of ["form", "script"] as const) {
        const copy = client.clone();
        const tie = Object.entries(hidden).filter(([name]) => name === "form");
        const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
        const sent =
          door === "form"
            ? await postForm(copy, form.path, hidden, fields)
            : await postScript(copy, form.path, form.action, [...tie, ...pairs]);
        expect(sent.answer.status, `${what} by ${door}`).toBeLessThan(500);
        expect(sent.ok, `${what} by ${door}`).toBe(false);
        expect([...copy.cookies], `${what} by ${door}`).toEqual(cookies);
      }
    expect(await rows.state()).toEqual(before);
    expect(({} as { roles?: unknown }).roles).toBeUndefined();
  });

test("A form that names the action of another form of its page as well is answered like any other, not with an error of ours.", async ({
  rows,
  stand,
}) => {
  const before = await rows.state();
  for (const { path, fields } of forms) {
    const client = stand.at[path] as Client;
    const both = {
      ...(await hiddenFields(client, path, Object.keys(fields(stand))[0] ?? "")),
      ...(await hiddenFields(client, path, "locale")),
    };
    // The language form works without a challenge; a form tied to one is redirected.
    for (const more of [{}, { locale: "ja" }, fields(stand)])
      expect([200, 303], `${path} ${Object.keys(more)}`).toContain((await postForm(client.clone(), path, both, more)).answer.status);
  }
  expect(await rows.state()).toEqual(before);
});

test("Bodies beyond the limit are refused at every form and call, and nothing has changed.", async ({ rows, stand }) => {
  const before = await rows.state();
  for (const size of [100_000, 10 * 1024 * 1024]) {
    const big = "1".repeat(size);
    // A client that still writes 10 MB may see the closed connection instead of the answer.
    const refusal = (sent: Promise<{ status: number }>) => sent.then(({ status }) => status).catch(() => (size > 1_000_000 ? 413 : 0));
    for (const { path, fields } of forms) {
      const hidden = await hiddenFields(stand.at[path] as Client, path, Object.keys(fields(stand))[0] ?? "");
      const sent = postForm((stand.at[path] as Client).clone(), path, hidden, { ...fields(stand), more: big });
      expect(await refusal(sent.then(({ answer }) => answer)), path).toBe(413);
    }
    for (const path of [
      "/sign-up",
      "/sign-in",
      "/challenge/verify",
      "/challenge/send",
      "/phones",
      "/recovery-codes",
      "/recovery-codes/confirm",
      "/step-up",
      "/password-reset",
      "/lost-phone",
      "/lost-phone/status",
      "/stop",
      "/undo",
      "/account/password",
    ])
      expect(await refusal((stand.at["/verify"] as Client).clone().post(path, { code: big })), path).toBe(413);
  }
  expect(await rows.state()).toEqual(before);
});

test("The forms as they are meant work, so that a refusal of a spoiled one is about what was spoiled.", async ({ stand }) => {
  // Sign-in and the password run late: one ends the challenge that /verify needs, the other changes the session's token.
  for (const form of forms.toReversed()) {
    const client = (stand.at[form.path] as Client).clone();
    const fields = { ...(await tieOf(client, form.path)), ...form.fields(stand) };
    expect((await postScript(client, form.path, form.action, fields)).ok, form.path).toBe(true);
    if (form.path === "/sign-up/phone") expect((await client.get("/api/v1/challenge")).body).toMatchObject({ delivery: { method: "sms" } });
  }
});
