import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, type Person, passPassword } from "../support/api.ts";
import { postScript } from "../support/doors.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { NEW_PASSWORD, phonesOf, proveMailbox } from "../support/own-control.ts";
import { askAs, type PlainAnswer } from "../support/plain.ts";
import type { Instance } from "../support/server.ts";
import { awaitingPassword } from "../support/stages.ts";
import { actions, calls, pages } from "../support/surface.ts";

// Before the second factor no cookie opens any page, payload, action or call. A session with unsaved codes opens only the page that shows them
// (SE-01, WB-01, B02, I01, I02).
const STEPS = ["/verify", "/sign-up/phone"];

/** What the tests know of the account: `secrets` are values that only its signed-in browser may see. */
type Known = { secrets: string[]; ownSession: string; otherSession: string; publicPages: string[] };

const test = base.extend<object, { known: Known }>({
  known: [
    async ({ server, rows, person }, use) => {
      const other = await passPassword(person, new Client(server.url));
      expectStatus(await other.client.post("/challenge/verify", { code: other.code }), 200);
      const sessions = await rows.query<{ id: string }>("SELECT id FROM sessions ORDER BY authenticated_at");
      const [ownSession = "", otherSession = ""] = sessions.map(({ id }) => id);
      const account = (await person.client.get("/account")).text;
      const phone = new RegExp(`>([^<]*${person.number.slice(-4)}[^<]*)<`).exec(account)?.[1] ?? "";
      const seen = await Promise.all(pages().map(async (path) => [path, (await new Client(server.url).get(path)).status] as const));
      const publicPages = seen.flatMap(([path, status]) => (status === 200 ? [path] : []));
      await use({ secrets: [otherSession, phone, "end-others"], ownSession, otherSession, publicPages });
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const cookieOf = (client: Client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

/** Returns the request variants by which frameworks have bypassed the guards of a page. */
function variantsOf(server: Instance, path: string): Asked[] {
  const rsc = { rsc: "1" };
  const subrequest = ["middleware", "src/middleware", "pages/_middleware", Array(8).fill("middleware").join(":"), "proxy"];
  return [
    { path },
    { path, method: "HEAD" },
    { path, headers: rsc },
    { path: `${path}?_rsc=1abcd`, headers: rsc },
    { path, headers: { ...rsc, "next-router-prefetch": "1" } },
    { path, headers: { ...rsc, "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" } },
    { path, headers: { ...rsc, "next-router-segment-prefetch": `${path}/__PAGE__` } },
    {
      path,
      headers: {
        ...rsc,
        "next-router-state-tree": encodeURIComponent(JSON.stringify(["", { children: ["account", {}] }, null, "refetch"])),
      },
    },
    { path, headers: { "x-nextjs-data": "1" } },
    { path, headers: { "next-resume": "1" } },
    { path, headers: { "x-matched-path": path, "x-now-route-matches": "1=account" } },
    { path, headers: { "x-invoke-path": path, "x-invoke-status": "200" } },
    { path: "/sign-in", headers: { "x-rewrite-url": path, "x-original-url": path } },
    ...subrequest.map((value) => ({ path, headers: { "x-middleware-subrequest": value } })),
    ...[
      `${path}.rsc`,
      `${path}.segments/_tree.segment.rsc`,
      `${path}/`,
      `${path}.txt`,
      `${path}.json`,
      `${path};x=1`,
      `${path}%2f`,
      `${path}%20`,
    ].map((spelled) => ({ path: spelled })),
    ...[
      `/${path}`,
      `/.${path}`,
      `/%2e${path}`,
      `/x/..${path}`,
      `/ja${path}`,
      `/en${path}`,
      path.toUpperCase(),
      `/_next/data/x${path}.json`,
    ].map((spelled) => ({ path: spelled })),
    { path, method: "OPTIONS" },
    { path: `http://localhost:${server.port}${path}` },
  ];
}

type Asked = { path: string; headers?: Record<string, string>; method?: string };

/** Sends a request and follows Next's redirect of a payload request to the same page with a checksum of its headers. */
async function ask(server: Instance, asked: Asked, cookie: string): Promise<PlainAnswer> {
  const send = (path: string) =>
    askAs(`localhost:${server.port}`, server.port, { ...asked, path, headers: { ...asked.headers, ...(cookie ? { cookie } : {}) } });
  const first = await send(asked.path);
  const again = first.headers.location ?? "";
  return first.status === 307 && /[?&]_rsc\b/.test(again) ? send(again) : first;
}

/** Returns what an answer shows of the user, or its failure. The tests call `expect` once, because a call costs half a millisecond. */
function shownBy({ status, body, headers }: Pick<PlainAnswer, "status" | "body" | "headers">, what: string, hidden: string[]): string[] {
  const all = body + JSON.stringify(headers);
  const shown = hidden.filter((secret) => all.includes(secret)).map((secret) => `${what} shows ${secret}`);
  return status < 500 ? shown : [...shown, `${what} → ${status}`];
}

/**
 * Asks for every guarded page: by all variants with the cookies that come closest to a session, and by a share of them (`share`) with the others,
 * because all would be ten thousand requests. Plain requests, HEAD and payloads are in every share.
 */
async function expectPagesClosed(
  server: Instance,
  known: Known,
  cookie: string,
  open: string[],
  hidden: string[],
  as: string,
  share?: { turn: number; of: number },
): Promise<void> {
  const faults: string[] = [];
  // Route handlers outside the API count as pages: a file to save, a sheet to print.
  // What stands at the hosts of sites answers trusted proxies alone.
  const files = calls().filter((path) => !path.startsWith("/api/") && !/^\/\.(?:well-known|sekisho)\/|\.(?:svg|ico|txt)$/.test(path));
  const closed = [...pages(), ...files].filter((path) => !known.publicPages.includes(path));
  for (const [at, page] of closed.entries()) {
    if (open.includes(page)) continue;
    for (const [index, variant] of variantsOf(server, page).entries()) {
      if (share && index > 2 && (at + index) % share.of !== share.turn) continue;
      const answer = await ask(server, variant, cookie);
      const what = `${as}: ${variant.method ?? "GET"} ${variant.path} ${JSON.stringify(variant.headers ?? {})}`;
      faults.push(...shownBy(answer, what, hidden));
      const plain = variant.path === page && !variant.headers && variant.method !== "OPTIONS";
      // The console does not say that it exists.
      const refused = files.includes(page) ? [303, 307, 401, 404] : page.startsWith("/admin") ? [404] : [307];
      if (plain && !refused.includes(answer.status)) faults.push(`${what} → ${answer.status}`);
    }
  }
  expect(faults).toEqual([]);
}

/** `closest`: only one proof is missing. */
type Stage = { name: string; client: Client; open: string[]; closest?: boolean };

/** Returns clients at each step before a session. */
async function stages(server: Instance, person: Person): Promise<Stage[]> {
  const fresh = new Client(server.url);
  expectStatus(await fresh.post("/sign-up", { email: freshEmail(), password: PASSWORD }), 202);
  const email = freshEmail();
  const binding = new Client(server.url);
  expectStatus(await binding.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await binding.post("/challenge/verify", { code: (await binding.message(email)).code }), 200);
  const known = new Client(server.url);
  expectStatus(await known.post("/sign-up", { email: person.email, password: PASSWORD }), 202);
  const spent = (await passPassword(person, new Client(server.url))).client;
  for (let guess = 1; guess <= 5; guess += 1) await spent.post("/challenge/verify", { code: otherThan("000000", guess) });
  const pending = (await passPassword(person, new Client(server.url))).client;
  const forgetful = new Client(server.url);
  expectStatus(await forgetful.post("/password-reset", { identifier: person.email }), 202);
  const mailed = new Client(server.url);
  await proveMailbox(mailed, person.email);
  return [
    { name: "nobody", client: new Client(server.url), open: [] },
    { name: "sign-up", client: fresh, open: STEPS },
    { name: "sign-up of a known address", client: known, open: STEPS },
    { name: "number awaited", client: binding, open: [...STEPS, "/sign-up/app", "/sign-up/passkey"] },
    { name: "after the password", client: pending, open: [...STEPS, "/lost-phone"], closest: true },
    { name: "spent", client: spent, open: STEPS },
    { name: "reset asked for", client: forgetful, open: STEPS },
    { name: "reset with a proven mailbox", client: mailed, open: [...STEPS, "/reset-password/release"] },
    {
      name: "new password awaited",
      closest: true,
      client: (await awaitingPassword(server.url)).client,
      open: [...STEPS, "/reset-password", "/reset-password/release"],
    },
  ];
}

test("The page of the account shows all of it to its own session, so that its absence elsewhere means something.", async ({
  server,
  person,
  known,
}) => {
  const own = await ask(server, { path: "/account" }, cookieOf(person.client));
  for (const secret of known.secrets) expect(own.body).toContain(secret);
  expect(known.secrets[1]?.length).toBeGreaterThan(4);
  const flight = await ask(server, { path: "/account", headers: { rsc: "1" } }, cookieOf(person.client));
  expect(flight.body).toContain(known.otherSession);
  expect(pages().filter((path) => !known.publicPages.includes(path))).toEqual(
    expect.arrayContaining(["/account", "/account/password", "/account/email", "/account/phones/add", "/recovery-codes", ...STEPS]),
  );
});

test("No page of the signed-in is shown before the second factor, in any spelling, payload or with any header of the framework (B02, I02).", async ({
  server,
  person,
  known,
}) => {
  test.setTimeout(300_000);
  const all = await stages(server, person);
  const others = all.filter(({ closest }) => !closest);
  for (const stage of all) {
    const { name, client, open, closest } = stage;
    const share = closest ? undefined : { turn: others.indexOf(stage), of: others.length };
    await expectPagesClosed(server, known, cookieOf(client), open, known.secrets, name, share);
    // The step's own pages are open and show at most the last two digits of the number.
    for (const path of open) expect(shownBy(await ask(server, { path }, cookieOf(client)), `${name}: ${path}`, known.secrets)).toEqual([]);
  }
});

test("No action of the signed-in does anything before the second factor, sent to any page (B02, I01).", async ({
  server,
  rows,
  person,
  known,
}) => {
  test.setTimeout(300_000);
  // The form of /enter-site stands there for a session alone.
  const reachable = [...known.publicPages.filter((path) => path !== "/enter-site"), ...STEPS];
  const guarded = actions().filter((action) => !action.pages.some((page) => reachable.includes(page)));
  expect(guarded.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      ...["endSessionAction", "endOthersAction", "confirmSavedAction", "beginStepUpAction", "changePasswordAction", "changeEmailAction"],
      ...["addPhoneAction", "changePhoneAction", "removePhoneAction", "replaceCodesAction", "resetPasswordAction"],
    ]),
  );
  const [phone] = await phonesOf(person.client);
  const fields = { sessionId: known.ownSession, saved: "on", code: person.codes[1] ?? "", number: freshNumber() };
  const id = phone?.id ?? "";
  /** Input on which each action would act. */
  const meant: Record<string, Record<string, string>> = {
    endSessionAction: { sessionId: known.ownSession },
    confirmSavedAction: { saved: "on" },
    changePasswordAction: { password: NEW_PASSWORD },
    resetPasswordAction: { password: NEW_PASSWORD },
    changeEmailAction: { email: freshEmail() },
    addRecoveryAddressAction: { email: freshEmail() },
    addPhoneAction: { number: freshNumber(), channel: "sms", acceptRisk: "on" },
    changePhoneAction: { id, name: "x" },
    removePhoneAction: { id },
    beginStepUpAction: { action: "manage_factors", returnTo: "/account" },
  };
  const all = await stages(server, person);
  const others = all.filter(({ closest }) => !closest);
  await rows.settled();
  const before = await rows.state();
  const faults: string[] = [];
  for (const { name, client, closest } of all)
    for (const [at, { id: actionId, name: action, pages: own }] of guarded.entries()) {
      // Where one proof alone is missing every action goes to all its pages; from the other steps each goes to one, in turn.
      const doors = [...own, "/sign-in", "/verify"];
      const turn = (at + others.findIndex((one) => one.name === name)) % doors.length;
      for (const page of closest ? doors : doors.slice(turn, turn + 1))
        for (const stateful of [true, false])
          for (const sent of [fields, meant[action] ?? {}]) {
            const { answer } = await postScript(client.clone(), page, actionId, sent, stateful);
            const what = `${name}: ${action} at ${page}`;
            faults.push(...shownBy({ ...answer, headers: {}, body: answer.text }, what, known.secrets));
            if (answer.headers.getSetCookie().some((line) => /session=[^;]/.test(line))) faults.push(`${what} sets a session`);
          }
    }
  expect(faults).toEqual([]);
  expect(await rows.state()).toEqual(before);
});

test("No call of the API answers for an account before the second factor (B02).", async ({ server, rows, person, known }) => {
  const forEverybody =
    /\/(?:sign-up|sign-in.*|challenge|challenge\/passkey|challenge\/send|challenge\/verify|phones|openapi\.json|password-reset.*|stop|undo)$/;
  const guarded = calls().filter((path) => path.startsWith("/api/v1/") && !forEverybody.test(path));
  expect(guarded).toEqual(
    expect.arrayContaining(
      ["session", "recovery-codes", "recovery-codes/confirm", "step-up", "account", "factors"].map((one) => `/api/v1/${one}`),
    ),
  );
  const all = await stages(server, person);
  await rows.settled();
  const before = await rows.state();
  const faults: string[] = [];
  for (const { name, client } of all) {
    for (const path of guarded)
      for (const [method, body] of [
        ["GET"],
        ["POST", {}],
        ["POST", { code: person.codes[1] }],
        ["POST", { password: NEW_PASSWORD }],
        ["PATCH", {}],
        ["DELETE"],
      ] as const) {
        const answer = await client.clone().call(method, path, body);
        const nothingToEnd = method === "DELETE" && path === "/api/v1/session" && answer.status === 204;
        const what = `${name}: ${method} ${path} → ${answer.status}`;
        if (!nothingToEnd && ![401, 403, 404, 405, 422].includes(answer.status)) faults.push(what);
        faults.push(...shownBy({ ...answer, headers: {}, body: answer.text }, what, known.secrets));
      }
    const auth = await client.clone().get("/api/auth/session");
    expect(auth.text, name).toBe("{}");
  }
  expect(faults).toEqual([]);
  expect(await rows.state()).toEqual(before);
});

test("A session whose codes are not saved opens the page that shows them and nothing else.", async ({ server, rows, known }) => {
  const client = new Client(server.url);
  const [email, number] = [freshEmail(), freshNumber()];
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  const verified = expectStatus(await client.post("/challenge/verify", { code: (await client.message(number)).code }), 200);
  expect(verified.body).toMatchObject({ next: "save_recovery_codes", session: { next: "save_recovery_codes" } });
  // The API reports the missing step, and next-auth reports no session; the cookie stays, because saving the codes needs it.
  expect((await client.get("/api/v1/session")).body).toMatchObject({ user: { email }, next: "save_recovery_codes" });
  const auth = await client.get("/api/auth/session");
  expect([auth.text, client.cookies.has("sekisho.session")]).toEqual(["{}", true]);
  await rows.settled();
  const before = await rows.state();
  await expectPagesClosed(
    server,
    known,
    cookieOf(client),
    ["/recovery-codes", "/recovery-codes/file"],
    ["end-others", "end-session", `>${number.slice(-4)}`],
    "unsaved",
  );
  for (const action of ["endOthersAction", "endSessionAction"])
    await postScript(client.clone(), "/account", action, { sessionId: known.ownSession }, false);
  expect(await rows.state()).toEqual(before);
  expect((await client.get("/recovery-codes")).status).toBe(200);
  const { codes = [] } = expectStatus(await client.post("/recovery-codes"), 200).body;
  const confirmed = expectStatus(await client.post("/recovery-codes/confirm", { code: codes[0] }), 200);
  for (const session of [confirmed.body.session, (await client.get("/api/v1/session")).body]) expect(session).not.toHaveProperty("next");
  expect((await client.get("/api/auth/session")).body).toMatchObject({ user: { email } });
});
