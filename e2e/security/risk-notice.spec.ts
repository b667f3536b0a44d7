import { Client, expectStatus, freshEmail, freshNumber, PASSWORD } from "../support/api.ts";
import { doors, hiddenFields, take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// Before a number becomes a factor, the user must accept a notice of its risks and alternatives; without it nothing is sent, and the acceptance is
// recorded (PSTN-02, E01).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

async function waiting(server: Instance): Promise<{ client: Client; email: string }> {
  const client = new Client(server.url);
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  return { client, email };
}

test("The page names the risks and the other ways, in both languages, without JavaScript (E01).", async ({ server }) => {
  const { client } = await waiting(server);
  const words = { ja: [/SIM/, /リカバリーコード/, /電話/], en: [/SIM/, /recovery code/i, /call/i] };
  for (const [language, patterns] of Object.entries(words)) {
    const { text } = await client.call("GET", "/sign-up/phone", undefined, { "accept-language": language });
    const main = /<main[\s\S]*?<\/main>/.exec(text)?.[0].replace(/<[^>]+>/g, " ") ?? "";
    for (const pattern of patterns) expect(main, language).toMatch(pattern);
    expect(text).toMatch(/<input[^>]*type="checkbox"[^>]*name="acceptRisk"|<input[^>]*name="acceptRisk"[^>]*type="checkbox"/);
    expect(text).not.toMatch(/name="acceptRisk"[^>]*checked|checked[^>]*name="acceptRisk"/);
  }
});

test("Without the yes nothing is sent and no number is kept, at any door; with it the version of the notice is on record (E01).", async ({
  server,
  rows,
}) => {
  const { client, email } = await waiting(server);
  const hidden = await hiddenFields(client, "/sign-up/phone", "number");
  await rows.settled();
  const before = await rows.state();
  for (const door of doors) {
    const refused = await take(client.clone(), "phone", door, { number: freshNumber(), channel: "sms" }, hidden);
    expect(refused.ok, door).toBe(false);
    expect(JSON.stringify(refused.answer.body) + refused.answer.text, door).toMatch(/accept_risk_required/);
  }
  for (const acceptRisk of ["true", 1, null, "on", [true]])
    expect((await client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk })).status).toBe(422);
  expect(await rows.state()).toEqual(before);
  expectStatus(await client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 202);
  const kept = await rows.query(
    "SELECT p.risk_notice_version AS version, p.risk_accepted_at IS NOT NULL AS accepted FROM account_phones p JOIN users u ON u.id = p.user_id WHERE u.email = $1",
    email,
  );
  expect(kept).toEqual([{ version: expect.any(Number), accepted: true }]);
});
