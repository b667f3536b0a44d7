import { expect, test } from "../support/fixtures.ts";
import { found } from "../support/secrets.ts";

// A stolen database contains no code, number, token, recovery code or password, and no hash of one that could be brute-forced without the keys
// (PH-03, PH-05, OTP-10, PW-04, B13, G05, G07).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

test("A dump of every table holds no secret in clear, encoded, or under a hash without a key (G07, G05).", async ({ rows, told }) => {
  const dump = await rows.dump();
  expect(dump.split("\n").length).toBeGreaterThan(100);
  const tables = new Set(dump.split("\n").map((line) => line.split(" ")[0]));
  const filled = [
    "users",
    "phones",
    "challenges",
    "challenge_codes",
    "messages",
    "sessions",
    "recovery_codes",
    "audit_events",
    "demo_messages",
    "notice_codes",
    "changes",
    "step_ups",
  ];
  expect([...tables]).toEqual(expect.arrayContaining(filled));
  expect(found(dump, told.secrets)).toEqual([]);
});

test("Every password and recovery code is argon2id at the floor or above, with a salt of its own and the id of its pepper (B13).", async ({
  rows,
}) => {
  const hashes = await rows.query<{ hash: string }>(
    "SELECT password_hash AS hash FROM users UNION ALL SELECT hash FROM recovery_codes UNION ALL SELECT password_hash FROM challenges WHERE password_hash IS NOT NULL",
  );
  expect(hashes.length).toBeGreaterThan(30);
  const salts = new Set<string>();
  for (const { hash } of hashes) {
    const parts = /^test:\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]{22,})\$[A-Za-z0-9+/]{43}$/.exec(hash);
    expect(parts, hash).not.toBeNull();
    expect(Number(parts?.[1])).toBeGreaterThanOrEqual(19_456);
    expect(Number(parts?.[2])).toBeGreaterThanOrEqual(2);
    salts.add(parts?.[3] ?? "");
  }
  // A sign-up's hash moves to its account.
  const distinct = new Set(hashes.map(({ hash }) => hash));
  expect(salts.size).toBe(distinct.size);
});

test("Sealed values carry the id of their key and a nonce that no other has (G04).", async ({ rows }) => {
  const sealed = await rows.query<{ sealed: string }>(
    "SELECT number_sealed AS sealed FROM phones UNION ALL SELECT sealed FROM challenge_codes UNION ALL SELECT sealed FROM demo_messages UNION ALL SELECT sealed FROM notice_codes",
  );
  const nonces = sealed.map(({ sealed: value }) => {
    expect(value).toMatch(/^test\.2\.[A-Za-z0-9_-]{46,}$/);
    return Buffer.from(value.split(".")[2] ?? "", "base64url")
      .subarray(0, 12)
      .toString("hex");
  });
  expect(nonces.length).toBeGreaterThan(15);
  expect(new Set(nonces).size).toBe(nonces.length);
});

test("What the jobs carry and what they failed of are ids and nothing else.", async ({ rows }) => {
  const jobs = await rows.query<{ payload: string; error: string | null }>(
    "SELECT payload::text, last_error AS error FROM graphile_worker._private_jobs",
  );
  for (const { payload, error } of jobs) expect(`${payload} ${error}`).not.toMatch(/@|\+81|(?<![\w-])\d{6}(?![\w-])/);
});
