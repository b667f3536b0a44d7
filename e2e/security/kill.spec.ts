import { expect, test } from "@playwright/test";
import pg from "pg";
import { Client, freshEmail, freshNumber, PASSWORD } from "../support/api.ts";
import { type Instance, startInstance } from "../support/server.ts";

// A person who registers keeps going; the server under them is killed at a random moment and started again.
const ROUNDS = 20;

type Progress = { email: string; number: string };

/** The whole registration as a person would drive it; throws where the server is gone. */
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
  // The text of this challenge, not of one before the crash: its code was made ten minutes before it ends.
  const since = new Date(new Date(challenge.expiresAt).getTime() - 600_001).toISOString();
  return (await client.message(to, since)).code ?? "";
}

async function finish(client: Client): Promise<void> {
  const issued = await client.post("/recovery-codes");
  if (issued.body.code === "step_up_required") return;
  const confirmed = await client.post("/recovery-codes/confirm", { code: issued.body.codes?.[0] });
  if (confirmed.status !== 200) throw new Error(`${confirmed.status}`);
}

test(`kill -9 in the middle of registration, ${ROUNDS} rounds: no half account, and the person finishes (RE-01, K01)`, async () => {
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
      `SELECT u.recovery_confirmed_at IS NOT NULL AS saved, (SELECT count(*)::int FROM phones p WHERE p.user_id = u.id AND p.verified_at IS NOT NULL) AS phones,
              (SELECT count(*)::int FROM recovery_codes r WHERE r.user_id = u.id) AS codes FROM users u WHERE u.email = $1`,
      [person.email],
    );
    expect(rows, `round ${round}`).toEqual([{ saved: true, phones: 1, codes: 10 }]);
  }
  // Invariants over everything that happened: a session has exactly one consumed challenge, a proven phone a consumed code.
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
