import { type Answer, Client, endingAlike, expectStatus, freshEmail, otherThan, PASSWORD, type Person, register } from "../support/api.ts";
import { comparable, comparableHead, difference } from "../support/comparable.ts";
import { type Door, doors, take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";

// No answer reveals whether an account exists or a number is bound: status, headers, cookies and body are equal at every entry point and in every
// later step (EN-01, RL-07, F09).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const person = (server: Instance) => register(new Client(server.url), { number: endingAlike() });

const same = (known: string, unknown: string, what: string) => expect(difference(known, unknown), what).toBeNull();

test("An open sign-in by number shows a thief of the password neither the address of the account nor its id.", async ({ server, rows }) => {
  const known = await person(server);
  const [{ id = "" } = {}] = await rows.query<{ id: string }>("SELECT id FROM users WHERE email = $1", known.email);
  // An address typed at the start may appear on its page, but the account id must not.
  for (const [identifier, hidden] of [
    [known.number, [known.email, known.email.split("@")[0] ?? "", id]],
    [known.email, [id]],
  ] as const) {
    const client = new Client(server.url);
    expectStatus(await client.post("/sign-in", { identifier, password: PASSWORD }), 200);
    for (const path of ["/verify", "/api/v1/challenge", "/sign-in", "/"])
      for (const word of hidden) expect((await client.get(path)).text.includes(word), `${path} shows ${word}`).toBe(false);
  }
});

for (const door of doors)
  test(`By ${door}: a sign-up looks the same for a known address, and so does everything after it.`, async ({ server, rows }) => {
    const known = await person(server);
    const [left, right] = [known.email, freshEmail()];
    const mails = async (email: string) =>
      ((await new Client(server.url).get(`/api/demo/messages?to=${email}`)).body as unknown as object[]).length;
    await rows.settled();
    const before = await mails(left);
    const traces = await Promise.all(
      [left, right].map(async (email) => {
        const client = new Client(server.url);
        const trace: [string, string][] = [];
        const note = (what: string, answer: Answer) => trace.push([what, comparable(answer, email)]);
        const started = await take(client, "signUp", door, { email, password: PASSWORD });
        trace.push(["start", (door === "script" ? comparableHead : comparable)(started.answer, email)]);
        await rows.settled();
        note("challenge", await client.get("/api/v1/challenge"));
        note("page", await client.get("/verify"));
        note("payload", await client.call("GET", "/verify?_rsc", undefined, { rsc: "1" }));
        note("resend", await client.post("/challenge/send", { method: "email" }));
        await rows.settled();
        note("sms", await client.post("/challenge/send", { method: "sms" }));
        note("recovery code", (await take(client, "verify", door, { code: "AAAA-BBBB-CCCC-DDDD", method: "recovery_code" })).answer);
        for (let guess = 0; guess < 6; guess += 1)
          note(`guess ${guess}`, (await take(client, "verify", "api", { code: otherThan("000000", guess) })).answer);
        note("spent", await client.get("/verify"));
        note("after", await client.post("/challenge/send", { method: "email" }));
        return trace;
      }),
    );
    const [one, two] = traces as [[string, string][], [string, string][]];
    for (const [index, [what, text]] of one.entries()) same(text, two[index]?.[1] ?? "", what);
    expect(one).toHaveLength(two.length);
    // The same number of mails is sent for both; only the owner of the address reads their content.
    expect((await mails(left)) - before).toBe(await mails(right));
  });

/** Creates accounts in every state, each with its identifier; the tests use a wrong password. */
async function identifiers(server: Instance, rows: Rows): Promise<Record<string, string>> {
  const [account, suspended] = [await person(server), await person(server)];
  await rows.query("UPDATE users SET disabled_at = now() WHERE email = $1", suspended.email);
  const locked = await person(server);
  await rows.query("UPDATE users SET locked_until = now() + interval '1 hour', factor_failures = 10 WHERE email = $1", locked.email);
  const unfinished = freshEmail();
  const left = new Client(server.url);
  expectStatus(await left.post("/sign-up", { email: unfinished, password: PASSWORD }), 202);
  expectStatus(await left.post("/challenge/verify", { code: (await left.message(unfinished)).code }), 200);
  return { address: account.email, number: account.number, suspended: suspended.email, locked: locked.email, unfinished };
}

for (const door of doors)
  test(`By ${door}: a wrong password looks like an unknown address or number, whatever state the account is in.`, async ({
    server,
    rows,
  }) => {
    const attempt = async (identifier: string) => {
      const client = new Client(server.url);
      const { answer } = await take(client, "signIn", door, { identifier, password: "ちがう あいことば" });
      return comparable(answer, identifier);
    };
    const [unknownAddress, unknownNumber] = [await attempt(freshEmail()), await attempt(endingAlike())];
    same(unknownAddress, unknownNumber, "an unknown address and an unknown number");
    for (const [state, identifier] of Object.entries(await identifiers(server, rows)))
      same(await attempt(identifier), unknownAddress, state);
  });

test("A suspended account with its right password looks like an unknown one.", async ({ server, rows }) => {
  const suspended = await person(server);
  await rows.query("UPDATE users SET disabled_at = now() WHERE email = $1", suspended.email);
  const attempt = async (identifier: string) =>
    comparable(await new Client(server.url).post("/sign-in", { identifier, password: PASSWORD }), identifier);
  same(await attempt(suspended.email), await attempt(freshEmail()), "suspended");
});

test("The eleventh password looks the same for an address that exists and one that does not (RL-07, F07).", async ({ server }) => {
  const known = await person(server);
  const last = async (identifier: string, door: Door) => {
    let answer: Answer | undefined;
    for (let attempt = 0; attempt < 11; attempt += 1)
      answer = (await take(new Client(server.url), "signIn", door, { identifier, password: "ちがう あいことば" })).answer;
    return comparable(answer as Answer, identifier);
  };
  same(await last(known.email, "api"), await last(freshEmail(), "api"), "by api");
  same(await last(known.number, "form"), await last(endingAlike(), "form"), "by form");
});

/** Returns a client with a new account that waits for its number. */
async function awaitingNumber(server: Instance): Promise<Client> {
  const client = new Client(server.url);
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  return client;
}

for (const door of doors)
  test(`By ${door}: a number that is bound elsewhere looks like a free one until its code was entered.`, async ({ server, rows }) => {
    const taken: Person = await person(server);
    const [left, right] = [taken.number, endingAlike()];
    const traces = [];
    for (const number of [left, right]) {
      const client = await awaitingNumber(server);
      const before = number === left ? (await client.message(number)).at : undefined;
      const trace: [string, string][] = [];
      const note = (what: string, answer: Answer) => trace.push([what, comparable(answer, number)]);
      const bound = await take(client, "phone", door, { number, channel: "sms", acceptRisk: "on" });
      trace.push(["bind", (door === "script" ? comparableHead : comparable)(bound.answer, number)]);
      const { code, text } = await client.message(number, before);
      trace.push(["text", text.replaceAll(code ?? "", "«code»")]);
      await rows.settled();
      note("challenge", await client.get("/api/v1/challenge"));
      note("page", await client.get("/verify"));
      note("resend", await client.post("/challenge/send", { method: "voice" }));
      await rows.settled();
      note("wrong code", (await take(client, "verify", door, { code: otherThan(code ?? "") })).answer);
      traces.push(trace);
    }
    const [one = [], two = []] = traces;
    for (const [index, [what, text]] of one.entries()) same(text, two[index]?.[1] ?? "", what);
  });

for (const door of doors)
  test(`By ${door}: a reset looks the same for a known address or number and an unknown one, and so does everything after it.`, async ({
    server,
    rows,
  }) => {
    await rows.query("DELETE FROM limit_hits");
    await rows.query("DELETE FROM limit_rings");
    const known = await person(server);
    const trace = async (identifier: string) => {
      // Wrong codes count for the address of this machine, whatever was asked for.
      await rows.query("DELETE FROM limit_rings");
      const client = new Client(server.url);
      const seen: [string, string][] = [];
      const note = (what: string, answer: Answer) => seen.push([what, comparable(answer, identifier)]);
      const started = await take(client, "reset", door, { identifier });
      seen.push(["start", (door === "script" ? comparableHead : comparable)(started.answer, identifier)]);
      await rows.settled();
      note("challenge", await client.get("/api/v1/challenge"));
      note("page", await client.get("/verify"));
      note("payload", await client.call("GET", "/verify?_rsc", undefined, { rsc: "1" }));
      note("new password", await client.get("/reset-password"));
      note("resend", await client.post("/challenge/send", { method: "email" }));
      await rows.settled();
      note("sms", await client.post("/challenge/send", { method: "sms" }));
      note("recovery code", (await take(client, "verify", door, { code: "AAAA-BBBB-CCCC-DDDD", method: "recovery_code" })).answer);
      for (let guess = 0; guess < 6; guess += 1)
        note(`guess ${guess}`, (await take(client, "verify", "api", { code: `00000-0000${guess}` })).answer);
      note("spent", await client.get("/verify"));
      note("after", await client.post("/challenge/send", { method: "email" }));
      note("again", await client.post("/password-reset", { identifier }));
      return seen;
    };
    for (const [left, right] of [
      [known.email, freshEmail()],
      [known.number, endingAlike()],
    ] as const) {
      const [one, two] = [await trace(left), await trace(right)];
      for (const [index, [what, text]] of one.entries()) same(text, two[index]?.[1] ?? "", `${what} of ${left}`);
      expect(one).toHaveLength(two.length);
    }
  });

test("A reset looks the same whatever state the account is in.", async ({ server, rows }) => {
  const attempt = async (identifier: string) => {
    const client = new Client(server.url);
    const started = comparable(await client.post("/password-reset", { identifier }), identifier);
    await rows.settled();
    return `${started}\n${comparable(await client.get("/verify"), identifier)}`;
  };
  const [address, number] = [await attempt(freshEmail()), await attempt(endingAlike())];
  for (const [state, identifier] of Object.entries(await identifiers(server, rows)))
    same(await attempt(identifier), identifier.startsWith("+") ? number : address, state);
});
