import { Client, freshEmail, PASSWORD, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// Invalid input of every kind gets a 4xx answer and changes nothing (WB-05, OTP-14, RG-04).
const client = (server: Instance) => new Client(server.url);

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const odd: unknown[] = [
  ["123456"],
  { not: "" },
  { contains: "" },
  { equals: "x" },
  123456,
  true,
  null,
  "",
  "1234567",
  "1e5",
  "0x1E240",
  "a\u0000b",
  "９".repeat(200),
  { toString: "x" },
  [],
  {},
];

test("No shape of a code but six digits is evaluated, and none is an error of ours (A15).", async ({ server, rows }) => {
  const person = await register(client(server));
  const { client: pending, code } = await passPassword(person, client(server));
  for (const value of odd) {
    const answer = await pending.clone().post("/challenge/verify", { code: value });
    expect(answer.status, JSON.stringify(value)).toBe(422);
  }
  for (const raw of ['{"code":"000000","code":"111111"', "[]", '"x"', "null", "{", "\u0000", `{"code":${"[".repeat(20_000)}`]) {
    const answer = await pending.call("POST", "/api/v1/challenge/verify", raw);
    expect(answer.status, raw.slice(0, 40)).toBe(422);
  }
  const attempts = await rows.query(
    "SELECT attempts FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email = $1 AND c.consumed_at IS NULL AND c.voided_at IS NULL",
    person.email,
  );
  expect(attempts).toEqual([{ attempts: 0 }]);
  expect((await pending.post("/challenge/verify", { code })).status).toBe(200);
});

test("Fields that nobody may set are refused by name at sign-up (RG-04, E06).", async ({ server }) => {
  for (const extra of [
    "role",
    "roles",
    "isAdmin",
    "emailVerified",
    "phoneVerifiedAt",
    "mfaEnabled",
    "failedCount",
    "id",
    "userId",
    "createdAt",
    "constructor",
    "purpose",
  ]) {
    const answer = await client(server).post("/sign-up", { email: freshEmail(), password: PASSWORD, [extra]: "admin" });
    expect(answer, extra).toMatchObject({ status: 422, body: { code: "invalid_input" } });
    expect(answer.body.errors, extra).toHaveProperty(extra);
  }
  const polluted = await client(server).call(
    "POST",
    "/api/v1/sign-up",
    `{"email":"${freshEmail()}","password":"${PASSWORD}","__proto__":{"roles":["admin"]}}`,
  );
  expect([202, 422]).toContain(polluted.status);
  expect(({} as { roles?: unknown }).roles).toBeUndefined();
});

test("Every field of every call refuses every odd shape, and nothing changes.", async ({ server, rows }) => {
  const calls: [string, Record<string, unknown>][] = [
    ["/sign-up", { email: "a@example.jp", password: PASSWORD }],
    ["/sign-in", { identifier: "a@example.jp", password: PASSWORD }],
    ["/challenge/send", { method: "sms", phoneId: "6b6f8a52-6f5c-4b8e-9d3f-1f2e3d4c5b6a" }],
    ["/challenge/verify", { code: "123456", method: "sms" }],
    ["/phones", { number: "09012345678", channel: "sms", acceptRisk: true }],
    ["/recovery-codes", {}],
    ["/recovery-codes/confirm", { code: "x" }],
  ];
  const shapes = [
    ["x"],
    [],
    {},
    { contains: "" },
    { $ne: null },
    { not: null },
    { equals: "x" },
    { path: [], string_contains: "" },
    12,
    -0,
    null,
    "a\u0000b",
    "x".repeat(5000),
    undefined,
  ];
  const person = await register(client(server));
  const { client: pending, code } = await passPassword(person, client(server));
  await rows.settled();
  const before = await rows.state();
  for (const [path, body] of calls) {
    for (const field of Object.keys(body))
      for (const value of shapes) {
        // The method is optional, and so is the phone's id.
        if (value === undefined && (field === "phoneId" || path === "/challenge/verify")) continue;
        const answer = await pending.clone().post(path, { ...body, [field]: value });
        expect([404, 422], `${path} ${field} ${JSON.stringify(value)} → ${answer.status}`).toContain(answer.status);
        expect(answer.headers.get("content-type")).toContain("application/problem+json");
      }
    for (const extra of [{ where: {} }, { AND: [] }, { select: { passwordHash: true } }, { data: { roles: ["admin"] } }])
      expect((await pending.clone().post(path, { ...body, ...extra })).status, path).toBe(422);
  }
  expect(await rows.state()).toEqual(before);
  expect((await pending.post("/challenge/verify", { code })).status).toBe(200);
});

test("A field that is there twice is refused by its name, however it is written and whichever would be right, and nothing changes.", async ({
  server,
  rows,
}) => {
  const person = await register(client(server));
  const { client: pending, code } = await passPassword(person, client(server));
  await rows.settled();
  const before = await rows.state();
  const right = `"identifier":"${person.email}","password":"${PASSWORD}"`;
  const bodies: [path: string, body: string, field: string][] = [
    ["/sign-in", `{"identifier":"a@example.jp",${right}}`, "identifier"],
    ["/sign-in", `{${right},"identifier":"${person.email}"}`, "identifier"],
    ["/sign-in", `{${right},"\\u0070assword":"x"}`, "password"],
    ["/sign-in", `{${right},"more":[{"in":1,"in":2}]}`, "in"],
    ["/sign-up", `{"email":"${freshEmail()}","password":"${PASSWORD}","email":"${freshEmail()}"}`, "email"],
    ["/challenge/verify", `{"code":"000000","code":"${code}"}`, "code"],
    ["/challenge/verify", `{"code":"${code}","code":"000000"}`, "code"],
    ["/challenge/send", '{"method":"sms","method":"voice"}', "method"],
    ["/phones", '{"number":"09012345678","channel":"sms","acceptRisk":false,"acceptRisk":true}', "acceptRisk"],
    ["/recovery-codes", '{"__proto__":1,"__proto__":2}', "__proto__"],
    ["/recovery-codes/confirm", '{"code":"a","code":"b"}', "code"],
  ];
  for (const [path, body, field] of bodies) {
    const answer = await pending.clone().call("POST", `/api/v1${path}`, body);
    expect(answer, body).toMatchObject({ status: 422, body: { code: "invalid_input" } });
    expect(Object.keys(JSON.parse(answer.text).errors), body).toEqual([field]);
  }
  for (const query of ["to=a&to=b", "wait=0&to=a&wait=20", "after=1970-01-01T00:00:00Z&%61fter=1970-01-01T00:00:00Z"])
    expect((await client(server).get(`/api/demo/messages?${query}`)).status, query).toBe(422);
  expect(await rows.state()).toEqual(before);
  expect((await pending.post("/challenge/verify", { code })).status).toBe(200);
});

test("Content types, sizes and methods are answered in kind (415, 413, 405).", async ({ server }) => {
  const asForm = { "content-type": "application/x-www-form-urlencoded" };
  expect((await client(server).call("POST", "/api/v1/sign-in", "identifier=a&password=b", asForm)).status).toBe(415);
  expect((await client(server).call("POST", "/api/v1/sign-in", "{}", { "content-type": "text/plain", origin: server.url })).status).toBe(
    415,
  );
  expect((await client(server).post("/sign-in", { identifier: "a", password: "x".repeat(70_000) })).status).toBe(413);
  expect((await client(server).call("PUT", "/api/v1/session", {})).status).toBe(405);
  expect((await client(server).get("/api/v1/sign-in")).status).toBe(405);
  expect((await client(server).get("/api/v1/nothing")).status).toBe(404);
});

test("A password may be anything long enough: NFC and NFD are one, spaces and emoji count (B12).", async ({ server }) => {
  const email = freshEmail();
  const composed = "がぎぐげご ざじずぜぞ 🏯";
  const person = client(server);
  expect((await person.post("/sign-up", { email, password: composed.normalize("NFD") })).status).toBe(202);
  await person.post("/challenge/verify", { code: (await person.message(email)).code });
  expect((await client(server).post("/sign-in", { identifier: email, password: composed.normalize("NFC") })).status).toBe(200);
  expect((await client(server).post("/sign-in", { identifier: email, password: composed.trim().slice(0, -2) })).status).toBe(401);
});

test("A moment that no calendar of the database holds is refused by the demo network, never an error of ours.", async ({ server }) => {
  for (const offsetSeconds of [3_000_000_000, -3_000_000_000, 2_147_483_648, 1.5, null])
    expect((await client(server).call("POST", "/api/demo/clock", { offsetSeconds })).status, String(offsetSeconds)).toBe(422);
  for (const after of ["-271821-04-20T00:00:00Z", "-004713-01-01T00:00:00Z", "yesterday"])
    expect((await client(server).get(`/api/demo/messages?after=${after}`)).status, after).toBe(422);
  for (const after of ["0000-01-01T00:00:00Z", "%2B275760-09-13T00:00:00Z", "1970-01-01T00:00:00Z"])
    expect((await client(server).get(`/api/demo/messages?after=${after}`)).status, after).toBe(200);
});
