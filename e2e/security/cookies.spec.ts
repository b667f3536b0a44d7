import { PASSWORD } from "../support/api.ts";
import { expect, HOST, PRODUCTION, test } from "../support/fixtures.ts";
import { askAs, type PlainRequest } from "../support/plain.ts";
import type { Instance } from "../support/server.ts";
import { calls, pages } from "../support/surface.ts";

// Every credential cookie is bound to the host over TLS, inaccessible to scripts, opaque and small (SE-04, B05).
const ask = (server: Instance, asked: PlainRequest) => askAs(HOST, server.port, asked);

test.use({ serverSettings: { ...PRODUCTION }, peopleBefore: 1 });

/** The locale preference grants nothing; the rule applies to all other cookies. */
const PREFERENCE = /^locale=(?:ja|en);/;

test("Every cookie of every page and call is __Host-, Secure, HttpOnly, SameSite, for the whole host and opaque; all of them fit in 4 KB.", async ({
  server,
  person,
}) => {
  const set = new Map<string, string>();
  const cookie = () => [...set].map(([name, value]) => `${name}=${value}`).join("; ");
  const seen: string[] = [];
  const visit = async (asked: PlainRequest) => {
    const answer = await ask(server, { ...asked, headers: { ...asked.headers, cookie: cookie() } });
    for (const line of answer.cookies) {
      seen.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") set.delete(name);
      else set.set(name, value);
    }
    return answer;
  };
  const crawl = async () => {
    for (const path of [...pages(), ...calls()]) await visit({ path });
    for (const path of ["csrf", "session", "providers", "signin", "error"]) await visit({ path: `/api/auth/${path}` });
  };
  await crawl();
  expect((await visit({ method: "POST", path: "/api/v1/sign-in", json: { identifier: person.email, password: PASSWORD } })).status).toBe(
    200,
  );
  await crawl();
  const json = { method: "recovery_code", code: person.codes[2] };
  expect((await visit({ method: "POST", path: "/api/v1/challenge/verify", json })).status).toBe(200);
  await crawl();
  expect((await visit({ path: "/account" })).status).toBe(200);
  expect(seen.map((line) => line.split("=")[0])).toEqual(
    expect.arrayContaining(["__Host-sekisho.challenge", "__Host-sekisho.session", "__Host-sekisho.device"]),
  );
  for (const line of seen.filter((one) => !PREFERENCE.test(one))) {
    expect(line).toMatch(/^__Host-/);
    for (const attribute of [/; Path=\/(;|$)/i, /; Secure(;|$)/i, /; HttpOnly(;|$)/i, /; SameSite=(lax|strict)(;|$)/i])
      expect(line).toMatch(attribute);
    expect(line).not.toMatch(/; Domain=/i);
    const value = decodeURIComponent(/^[^=]+=([^;]*)/.exec(line)?.[1] ?? "");
    for (const text of [value, Buffer.from(value, "base64url").toString("latin1")]) {
      expect(text).not.toContain(person.email);
      expect(text).not.toContain(person.number.slice(-8));
      // Random bytes are practically never all printable; encoded JSON or addresses always are.
      if (text !== value) expect(text).not.toMatch(/^[\x20-\x7e]+$/);
    }
  }
  expect(cookie().length).toBeLessThan(4096);
});
