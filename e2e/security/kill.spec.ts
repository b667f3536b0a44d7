import { expect, test } from "@playwright/test";
import pg from "pg";
import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, passPassword, register } from "../support/api.ts";
import { type Instance, startInstance } from "../support/server.ts";

// A user completes registration although the server is killed at random moments and restarted.
const ROUNDS = 10;

type Progress = { email: string; number: string };

/** Plays the whole registration; throws when the server is gone. */
async function attempt(client: Client, { email, number }: Progress): Promise<void> {
  const must = async (answer: Promise<{ status: number; body: { code?: string } }>) => {
    const { status, body } = await answer;
    if (status >= 400) throw new Error(`${status} ${body.code ?? ""}`);
  };
  const known = await client.post("/sign-in", { identifier: email, password: PASSWORD });
  if (known.status !== 200) await must(client.post("/sign-up", { email, password: PASSWORD }));
  else if (known.body.challenge?.purpose === "SIGN_IN") {
    await must(client.post("/challenge/verify", { code: await newest(client, number) }));
    return finish(client);
  }
  await must(client.post("/challenge/verify", { code: await newest(client, email) }));
  await must(client.post("/phones", { number, channel: "sms", acceptRisk: true }));
  await must(client.post("/challenge/verify", { code: await newest(client, number) }));
  return finish(client);
}

async function newest(client: Client, to: string): Promise<string> {
  const challenge = (await client.get("/api/v1/challenge")).body as unknown as { expiresAt: string };
  // Skips texts of challenges from before the crash: the code was created ten minutes before its expiry.
  const since = new Date(new Date(challenge.expiresAt).getTime() - 600_001).toISOString();
  return (await client.message(to, since)).code ?? "";
}

async function finish(client: Client): Promise<void> {
  const issued = await client.post("/recovery-codes");
  if (issued.body.code === "step_up_required") return;
  const confirmed = await client.post("/recovery-codes/confirm", { code: issued.body.codes?.[0] });
  if (confirmed.status !== 200) throw new Error(`${confirmed.status}`);
}

test(`A kill -9 in the middle of registration leaves no half account, and the person finishes, in ${ROUNDS} rounds of ${ROUNDS} (RE-01, K01).`, async () => {
  test.setTimeout(240_000);
  let server: Instance = await startInstance({ env: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "silent" } });
  const db = new pg.Client({ connectionString: server.databaseUrl });
  await db.connect();
  for (let round = 0; round < ROUNDS; round += 1) {
    const person = { email: freshEmail(), number: freshNumber() };
    const running = attempt(new Client(server.url), person).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 500));
    await server.kill9();
    await running;
    server = await startInstance({
      env: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "silent" },
      databaseUrl: server.databaseUrl,
      port: server.port,
    });
    await attempt(new Client(server.url), person);
    const { rows } = await db.query(
      `SELECT EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.kind = 'recovery_codes' AND a.verified_at IS NOT NULL) AS saved, (SELECT count(*)::int FROM account_phones p WHERE p.user_id = u.id AND p.verified_at IS NOT NULL) AS phones,
              (SELECT count(*)::int FROM recovery_codes r JOIN authenticators a ON a.id = r.set_id WHERE a.user_id = u.id) AS codes FROM users u WHERE u.email = $1`,
      [person.email],
    );
    expect(rows, `round ${round}`).toEqual([{ saved: true, phones: 1, codes: 10 }]);
  }
  // Invariants: each session has exactly one consumed challenge, each verified phone a consumed code.
  const { rows: orphans } = await db.query(
    "SELECT count(*)::int AS n FROM sessions s LEFT JOIN challenges c ON c.id = s.challenge_id WHERE c.consumed_at IS NULL",
  );
  expect(orphans[0].n).toBe(0);
  await expect
    .poll(async () => (await db.query("SELECT count(*)::int AS n FROM messages WHERE status = 'queued'")).rows[0].n, { timeout: 60_000 })
    .toBe(0);
  await db.end();
  await server.stop();
});

const VERIFIED = 8;

test(`A kill -9 in the middle of a verification leaves no session without its code, no code used twice and nobody stuck, in ${VERIFIED} rounds (RE-01, K02).`, async () => {
  test.setTimeout(180_000);
  const env = { SEKISHO_LIMITS: "bench", LOG_LEVEL: "silent" };
  let server: Instance = await startInstance({ env });
  const db = new pg.Client({ connectionString: server.databaseUrl });
  await db.connect();
  const person = await register(new Client(server.url));
  const answered = { yes: 0, no: 0 };
  for (let round = 0; round < VERIFIED; round += 1) {
    const { client, code } = await passPassword(person, new Client(server.url));
    const outcome = client.post("/challenge/verify", { code }).then(
      ({ status }) => status,
      () => 0,
    );
    await new Promise((resolve) => setTimeout(resolve, (round * 36) / VERIFIED));
    await server.kill9();
    const status = await outcome;
    server = await startInstance({ env, databaseUrl: server.databaseUrl, port: server.port });
    const { rows } = await db.query(
      `SELECT c.consumed_at IS NOT NULL AS consumed, (SELECT count(*)::int FROM sessions s WHERE s.challenge_id = c.id) AS sessions,
              (SELECT count(*)::int FROM audit_events e WHERE e.challenge_id = c.id AND e.event = 'session.opened') AS told
       FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email = $1 AND c.purpose = 'SIGN_IN' ORDER BY c.created_at DESC LIMIT 1`,
      [person.email],
    );
    const [{ consumed, sessions, told }] = rows as [{ consumed: boolean; sessions: number; told: number }];
    answered[status === 200 ? "yes" : "no"] += 1;
    expect({ sessions, told }, `round ${round}: consumed ${consumed}, answered ${status}`).toEqual(
      consumed ? { sessions: 1, told: 1 } : { sessions: 0, told: 0 },
    );
    // An acknowledged answer persists; an unacknowledged one can be sent again once with the same code.
    if (status === 200) expect(consumed).toBe(true);
    const again = await client.clone().post("/challenge/verify", { code });
    expect(again.status, `round ${round}, once more`).toBe(consumed ? 404 : 200);
    expect((await client.clone().post("/challenge/verify", { code })).status).toBe(404);
  }
  console.log(`answered before the kill: ${answered.yes}, killed first: ${answered.no}`);
  const last = await passPassword(person, new Client(server.url));
  expectStatus(await last.client.post("/challenge/verify", { code: last.code }), 200);
  await db.end();
  await server.stop();
});
