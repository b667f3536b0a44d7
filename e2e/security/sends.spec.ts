import { randomInt } from "node:crypto";
import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, register } from "../support/api.ts";
import { doors, postScript, take, tieOf } from "../support/doors.ts";
import { test as base, expect } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";

// An attacker cannot cause texts or calls: before an address is verified, to many numbers, or to expensive or unsupported ones; refusals precede
// the queue (FR-01, FR-02, FR-05, PSTN-05, F10, F11, F12, F16).
let [hop, prefix] = [0, 0];

class From extends Client {
  readonly address: string;
  constructor(url: string, address?: string) {
    super(url);
    hop += 1;
    this.address = address ?? `203.0.113.${hop}`;
  }
  override call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return super.call(method, path, body, { "x-forwarded-for": this.address, ...headers });
  }
  override clone(): From {
    const copy = new From(this.url, this.address);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }
}

const test = base.extend<{ from: (address?: string) => From }>({
  from: ({ server }, use) => use((address) => new From(server.url, address)),
});
// Uses the product's real limits; each client has its own address behind a trusted proxy.
test.use({ serverSettings: { TRUSTED_PROXIES: "127.0.0.1/32" } });

const texts = (rows: Rows) => rows.count("SELECT count(*) FROM messages WHERE channel <> 'EMAIL'");
/** Returns the wrong passwords counted for an account, under any identifier. */
const failuresOf = (rows: Rows, email: string) =>
  rows.count(
    "SELECT count(*) FROM limit_hits l JOIN users u ON l.subject = uuid_send(u.id) WHERE l.policy = 'password_failures' AND u.email = $1",
    email,
  );
/** Returns numbers of different thousand blocks, so that the limit per block does not refuse them. */
const elsewhere = (): string => {
  prefix += 1;
  return `+8180${String(prefix).padStart(4, "1")}${randomInt(1000, 10_000)}`;
};

async function proven(from: () => From): Promise<From> {
  const client = from();
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  return client;
}

test("Without a proven address nothing is texted or called, by any call, form or action (F10, FR-05).", async ({ rows, from }) => {
  const fresh = from();
  expectStatus(await fresh.post("/sign-up", { email: freshEmail(), password: PASSWORD }), 202);
  for (const client of [from(), fresh]) {
    for (const channel of ["sms", "voice"]) {
      for (const door of ["api", "script"] as const)
        expect((await take(client.clone(), "phone", door, { number: freshNumber(), channel, acceptRisk: "on" })).ok).toBe(false);
      expect((await client.clone().post("/challenge/send", { method: channel })).status).toBeGreaterThanOrEqual(400);
      await postScript(client.clone(), "/verify", "verifyAction", { ...(await tieOf(client.clone(), "/verify")), method: channel });
    }
    for (const body of [
      { email: freshEmail(), password: PASSWORD, number: freshNumber() },
      { identifier: freshNumber(), password: PASSWORD },
    ])
      await client.clone().post("number" in body ? "/sign-up" : "/sign-in", body);
  }
  await rows.settled();
  expect(await texts(rows)).toBe(0);
});

test("An account names three numbers a day and no fourth, however often its sign-up is begun again (F10).", async ({ rows, from }) => {
  const before = await texts(rows);
  const client = await proven(from);
  const answers = [];
  for (let number = 0; number < 5; number += 1)
    answers.push((await client.post("/phones", { number: elsewhere(), channel: number % 2 ? "voice" : "sms", acceptRisk: true })).status);
  expect(answers).toEqual([202, 202, 202, 429, 429]);
  expect((await texts(rows)) - before).toBe(3);
});

test("Eight strangers with one number, and four with its neighbours, are stopped by the number and by its thousand.", async ({ from }) => {
  const number = elsewhere();
  const answers = [];
  for (let stranger = 0; stranger < 8; stranger += 1) {
    const client = await proven(from);
    answers.push((await client.post("/phones", { number, channel: "sms", acceptRisk: true })).status);
  }
  expect(answers).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
  const block = elsewhere().slice(0, -3);
  const neighbours = [];
  for (let stranger = 0; stranger < 4; stranger += 1) {
    const client = await proven(from);
    for (let one = 0; one < 3; one += 1)
      neighbours.push(
        (await client.post("/phones", { number: block + String(stranger * 3 + one + 100), channel: "sms", acceptRisk: true })).status,
      );
  }
  // The fifth new number of a block within ten minutes starts the brake (FR-04); at a slower rate ten a day are allowed.
  expect(neighbours).toEqual([...Array(4).fill(202), ...Array(8).fill(429)]);
});

test("A refusal for sending says when to come back and is not kept by anybody (F07, RL-07).", async ({ from }) => {
  const client = await proven(from);
  const number = elsewhere();
  expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  const again = await client.post("/challenge/send", { method: "sms" });
  expect(again).toMatchObject({ status: 429, body: { code: "too_many_sends" } });
  expect(Number(again.headers.get("retry-after"))).toBeGreaterThan(25);
  expect(again.headers.get("cache-control")).toContain("no-store");
  expect(Object.keys(again.body).sort()).toEqual(["code", "reason", "status", "title", "type"]);
});

test("One address on the network begins twenty sign-ups an hour and then six a minute; one mailbox gets three mails from strangers and one for its owner, and every answer stays the same.", async ({
  rows,
  from,
}) => {
  const mails = await rows.count("SELECT count(*) FROM messages WHERE channel = 'EMAIL'");
  const statuses = await Promise.all(
    Array.from({ length: 30 }, () => from("198.51.100.7").post("/sign-up", { email: freshEmail(), password: PASSWORD })),
  );
  expect(statuses.filter(({ status }) => status === 202)).toHaveLength(26);
  const refused = statuses.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(4);
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(61);
  expect((await rows.count("SELECT count(*) FROM messages WHERE channel = 'EMAIL'")) - mails).toBe(26);
  const box = freshEmail();
  const flood = [];
  for (let stranger = 0; stranger < 6; stranger += 1)
    flood.push((await from().post("/sign-up", { email: box.replace("@", `+${stranger % 2}@`), password: PASSWORD })).status);
  expect(flood).toEqual(Array(6).fill(202));
  const sent = () =>
    rows.count(
      "SELECT count(*) FROM messages m JOIN challenges c ON c.id = m.challenge_id WHERE m.until IS NULL AND c.email LIKE $1",
      `${box.split("@")[0]}%`,
    );
  expect(await sent()).toBe(3);
  expectStatus(await from().post("/sign-up", { email: box, password: PASSWORD }), 202);
  expect(await sent()).toBe(4);
});

/** Numbers that must be refused when only Japan is allowed: forty countries and premium ranges. */
const REFUSED = (
  "+1 202 555 0143|+1 876 555 1234|+1 809 555 1234|+1 900 555 1234|+7 912 345 67 89|+20 100 123 4567|+27 82 123 4567|+30 691 234 5678|+31 6 12345678|+32 470 12 34 56|" +
  "+33 6 12 34 56 78|+34 612 34 56 78|+36 20 123 4567|+39 312 345 6789|+40 712 345 678|+41 78 123 45 67|+43 664 123456|+44 7400 123456|+44 7012 345678|+44 7640 123456|+45 32 12 34 56|" +
  "+46 70 123 45 67|+47 406 12 345|+48 512 345 678|+49 1512 3456789|+51 912 345 678|+52 222 123 4567|+54 9 11 2345 6789|+55 11 96123 4567|+56 2 2123 4567|+60 12 345 6789|" +
  "+61 412 345 678|+62 812 345 678|+63 905 123 4567|+64 21 123 4567|+65 8123 4567|+66 81 234 5678|+82 10 2000 0000|+84 912 345 678|+86 131 2345 6789|+90 501 234 56 78|" +
  "+91 81234 56789|+92 301 2345678|+94 71 234 5678|+98 912 345 6789|+212 650 123456|+234 802 123 4567|+254 712 123456|+371 21 234 567|+372 5123 4567|+375 29 491 19 11|" +
  "+380 50 123 4567|+420 601 123 456|+852 5123 4567|+855 91 234 567|+880 1812 345678|+886 912 345 678|+966 51 234 5678|+971 50 123 4567|+972 50 234 5678|+992 917 123 456|+994 40 123 45 67|+998 91 234 56 78|" +
  "+881 6 1234 5678|+882 16 1234 5678|+883 510 012 345|+870 773 123 456|+878 10 123 4567|+888 123 456 789|+979 123 456 789|+800 1234 5678|+808 1234 5678|" +
  "0570-000-000|0990-123-456|020-4567-8901|050-1234-5678|0120-123-456|0800-123-4567|110|119|118|117|184-090-1234-5678|186-090-1234-5678|#7119|*99|090-1234-5678;ext=1|090-1234-5678p1"
).split("|");

test("Every foreign, dear, virtual, satellite and short number is refused before anything is queued (F11, F12).", async ({
  rows,
  from,
}) => {
  const client = await proven(from);
  const before = await texts(rows);
  for (const number of REFUSED)
    for (const channel of ["sms", "voice"] as const) {
      const answer = await client.post("/phones", { number, channel, acceptRisk: true });
      expect([number, channel, answer.status, answer.body.code]).toEqual([number, channel, 422, "number_not_accepted"]);
    }
  for (const door of doors) {
    const refused = await take(client, "phone", door, { number: "+881 6 1234 5678", channel: "sms", acceptRisk: "on" });
    expect(refused, door).toMatchObject({ ok: false, code: "number_not_accepted" });
  }
  expect(await texts(rows)).toBe(before);
  expect(await rows.count("SELECT count(*) FROM phones WHERE country <> 'JP'")).toBe(0);
});

test("All spellings of one number are one number: bound once, counted once, found again (G01, RL-02, F02).", async ({ rows, from }) => {
  const person = await register(from());
  const n = person.number.slice(3);
  const spellings = [
    `0${n}`,
    `0${n.slice(0, 2)}-${n.slice(2, 6)}-${n.slice(6)}`,
    `+81 0 ${n}`,
    `0081${n}`,
    `tel:+81-${n}`,
    `０${[...n].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("")}`,
    `0${n.slice(0, 4)}\u200b${n.slice(4)}`,
  ];
  // Ten wrong passwords count together although each uses another spelling of the identifier.
  const codes = [];
  for (let index = 0; index < 12; index += 1)
    codes.push(
      (await from().post("/sign-in", { identifier: spellings[index % spellings.length], password: "ちがう あいことば" })).body.code,
    );
  expect(codes).toEqual(Array(12).fill("credentials_wrong"));
  expect(await failuresOf(rows, person.email)).toBe(10);
  expect((await from().post("/sign-in", { identifier: person.email, password: PASSWORD })).status).toBe(401);
  const client = await proven(from);
  const sent = await client.post("/phones", { number: spellings[5], channel: "sms", acceptRisk: true });
  expect(sent.status).toBe(202);
  expect(
    await rows.count(
      "SELECT count(DISTINCT number_hash) FROM phones WHERE number_hash = (SELECT number_hash FROM account_phones p JOIN users u ON u.id = p.user_id WHERE u.email = $1)",
      person.email,
    ),
  ).toBe(1);
});

test("All spellings of one address are one address, and nothing else that is sent makes another count of it (RL-02, F02, F03).", async ({
  rows,
  from,
}) => {
  const { email } = await register(from());
  const spellings = [
    email,
    email.toUpperCase(),
    ` ${email} `,
    `${email.replace("@", "＠")}`,
    email.replace("example", "EXAMPLE"),
    `\t${email}`,
  ];
  const codes = [];
  for (let index = 0; index < 12; index += 1) {
    const headers = {
      "user-agent": `agent ${index}`,
      "accept-language": index % 2 ? "en" : "ja",
      "x-real-ip": `192.0.2.${index}`,
      cookie: `device=${index}`,
    };
    codes.push(
      (
        await from().call(
          "POST",
          "/api/v1/sign-in",
          { identifier: spellings[index % spellings.length], password: "ちがう あいことば" },
          headers,
        )
      ).body.code,
    );
  }
  expect(codes).toEqual(Array(12).fill("credentials_wrong"));
  expect(await failuresOf(rows, email)).toBe(10);
  expect((await from().post("/sign-in", { identifier: email, password: PASSWORD })).status).toBe(401);
});
