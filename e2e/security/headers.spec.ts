import { type Answer, Client, freshEmail, PASSWORD, passPassword } from "../support/api.ts";
import { multipart } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import { actions, calls, pages } from "../support/surface.ts";

// Every answer has the security headers, whatever its requester and its outcome; no nonce repeats, and caches store no personal content (WB-04,
// I06).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "script-src 'self' 'nonce-",
];
const ABSENT = ["x-powered-by", "server", "x-nextjs-cache", "access-control-allow-origin"];
const HEADERS: Record<string, RegExp> = {
  "strict-transport-security": /max-age=(?:3[1-9]\d{6}|[4-9]\d{7}|\d{9,}); includeSubDomains/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "referrer-policy": /^(?:same-origin|no-referrer)$/,
  "permissions-policy": /camera=\(\)/,
  "cache-control": /no-store/,
};

const nonces = new Set<string>();

/** What a proxy asks for another host: whether that host is reached by TLS alone is its operator's to say. */
const OF_SITES = /: [A-Z]+ (?:\/api\/forward-auth|\/\.sekisho\/\w+) → /;

/** Returns what is wrong with the headers of an answer. The tests call `expect` once, because a call costs half a millisecond. */
function faultsOf({ headers, text }: Answer, what: string): string[] {
  const policy = headers.get("content-security-policy") ?? "";
  const absent = OF_SITES.test(what) ? [...ABSENT, "strict-transport-security"] : ABSENT;
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
  const faults = [
    ...POLICY.filter((part) => !policy.includes(part)),
    ...(/unsafe|\*|https?:/.test(policy) ? ["an exception in the policy"] : []),
    ...Object.entries(HEADERS).flatMap(([name, fits]) => (absent.includes(name) || fits.test(headers.get(name) ?? "") ? [] : [name])),
    ...absent.filter((name) => headers.has(name)),
    ...(nonces.has(nonce) ? ["the nonce of another answer"] : []),
    ...(text.match(/<script[^>]*>/g) ?? []).filter((used) => !used.includes(`nonce="${nonce}"`)),
  ];
  nonces.add(nonce);
  return faults.map((fault) => `${what}: ${fault}`);
}

/** Files of the build and of the public folder, and published keys, contain no personal data, so caches may keep them. */
const isFile = (path: string) => /\.(?:svg|ico|txt|webmanifest)$|\/jwks\.json$/.test(path);

const ASKED = [
  ["GET", undefined, {}],
  ["GET", undefined, { rsc: "1" }],
  ["HEAD", undefined, {}],
  ["POST", '{"code":1}', {}],
] as const;

/** Requests that the front door refuses from their head or size, before it looks at a cookie; `own` is the accepted origin. */
const refused = (own: string) =>
  [
    ["POST", "{}", { origin: "https://evil.example" }],
    ["POST", "{", { origin: own }],
    ["POST", "code=1", { origin: own, "content-type": "text/plain" }],
    ["POST", "x".repeat(70_000), { origin: own }],
    ["PUT", "{}", { origin: own }],
    ["OPTIONS", undefined, { origin: "https://evil.example", "access-control-request-method": "POST" }],
  ] as const;

test("Every page and call has the headers, as nobody, in the middle and signed in, by every method (I06).", async ({ server, person }) => {
  test.setTimeout(240_000);
  const clients = {
    nobody: new Client(server.url),
    pending: (await passPassword(person, new Client(server.url))).client,
    "signed in": person.client,
  };
  const paths = [...pages(), ...calls().filter((one) => !isFile(one)), "/no-such-page", "/api/no-such-call", "/account/", "//", "/.env"];
  const seen = new Set<number>();
  const faults: string[] = [];
  for (const [index, path] of paths.entries())
    for (const [turn, [who, client]] of Object.entries(clients).entries())
      for (const [method, body, headers] of [...ASKED, ...(turn === index % 3 ? refused(server.url) : [])]) {
        const answer = await client.clone().call(method, path, body, headers);
        seen.add(answer.status);
        faults.push(...faultsOf(answer, `${who}: ${method} ${path} → ${answer.status}`));
      }
  expect(faults.slice(0, 20)).toEqual([]);
  for (const status of [200, 307, 308, 400, 401, 403, 404, 405, 413, 415, 422]) expect([...seen], String(status)).toContain(status);
});

test("Every action has the headers, by form and by script (I06).", async ({ server }) => {
  const faults: string[] = [];
  for (const { id, name, pages: own } of actions())
    for (const page of own) {
      const form = multipart({ [`$ACTION_ID_${id}`]: "", locale: "ja" });
      const byForm = await new Client(server.url).call("POST", page, form.body, { ...form.headers, origin: server.url });
      const script = multipart([["0", '[{},"$K1"]']]);
      const headers = { ...script.headers, origin: server.url, "next-action": id };
      const byScript = await new Client(server.url).call("POST", page, script.body, headers);
      faults.push(...faultsOf(byForm, `${name} at ${page} by form`), ...faultsOf(byScript, `${name} at ${page} by script`));
    }
  expect(faults.slice(0, 20)).toEqual([]);
});

test("What fails on our side has the headers (I06).", async ({ server, rows }) => {
  const client = new Client(server.url);
  await client.post("/sign-up", { email: freshEmail(), password: PASSWORD });
  await rows.query("ALTER TABLE challenges RENAME TO challenges_gone");
  try {
    for (const path of ["/verify", "/api/v1/challenge", "/sign-up/phone"]) {
      const answer = await client.get(path);
      expect(answer.status, path).toBe(500);
      expect(faultsOf(answer, `500 ${path}`)).toEqual([]);
    }
  } finally {
    await rows.query("ALTER TABLE challenges_gone RENAME TO challenges");
  }
});
