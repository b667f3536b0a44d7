import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Registration } from "#lib/console/client-rules";
import { addClient, addClientByCommand, removeClientByCommand, rotateClientByCommand, SECRET_OVERLAP_HOURS } from "#lib/console/clients";
import { sql } from "#lib/db/sql";
import { readClient, secretMatches } from "#lib/openid/clients";
import { subjectFor } from "#lib/openid/subject";
import { leastOf, levelOf, levels, reaches } from "#lib/sessions/levels";
import { forgetLimits, must, setClock } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

// Services that sign their people in here: what may be registered, what their secrets open, and the names of levels and people.

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));

const typed = (more: Partial<Registration> = {}): Registration => ({
  name: "お買い物",
  redirectUris: ["https://shop.example.jp/back"],
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  firstParty: true,
  pairwise: false,
  profile: "web",
  level: null,
  ...more,
});
const BY = "cli:test";

describe("A service", () => {
  it.each([
    "http://shop.example.jp/back",
    "https://shop.example.jp/*",
    "https://shop.example.jp/back#x",
    "https://user:pass@shop.example.jp/",
    "javascript:alert(1)",
    "custom.app:/back",
    "/back",
    "",
  ])("is not registered with %j as an address to return to", async (uri) => {
    for (const field of ["redirectUris", "postLogoutRedirectUris"] as const)
      expect(await addClientByCommand(typed({ [field]: [uri] }), BY)).toMatchObject({ error: { fields: { [field]: "url_invalid" } } });
  });

  it("has addresses of one host, so that its subjects belong to one site", async () => {
    const redirectUris = ["https://a.example.jp/", "https://b.example.jp/"];
    expect(await addClientByCommand(typed({ redirectUris }), BY)).toMatchObject({ error: { fields: { redirectUris: "not_one_host" } } });
  });

  it("has a secret that is stored as a digest, and after a rotation the one before for as long as was said (OC-04)", async () => {
    const { id, secret } = must(await addClientByCommand(typed(), BY));
    const dump = JSON.stringify(await sql`SELECT * FROM openid_clients WHERE id = ${id}`);
    expect(dump.includes(secret ?? "none")).toBe(false);
    const fresh = must(await rotateClientByCommand(id, 24, BY)).secret ?? "";
    const opens = async () => [await secretMatches(id, secret ?? ""), await secretMatches(id, fresh), await secretMatches(id, `${fresh}x`)];
    expect(await opens()).toEqual([true, true, false]);
    await setClock(24 * 3600 + 1);
    expect(await opens()).toEqual([false, true, false]);
    must(await removeClientByCommand(id, BY));
    expect([await secretMatches(id, fresh), await readClient(id)]).toEqual([false, undefined]);
  });

  it("whose secret leaked gets another at once, and neither the leaked one nor the one before it opens anything (OC-04)", async () => {
    const { id, secret } = must(await addClientByCommand(typed(), BY));
    const leaked = must(await rotateClientByCommand(id, 24, BY)).secret ?? "";
    const fresh = must(await rotateClientByCommand(id, 0, BY)).secret ?? "";
    const opens = [secret ?? "", leaked, fresh].map((one) => secretMatches(id, one));
    expect(await Promise.all(opens)).toEqual([false, false, true]);
    for (const hours of [-1, SECRET_OVERLAP_HOURS.most + 1, Number.NaN])
      expect(await rotateClientByCommand(id, hours, BY)).toMatchObject({ error: { fields: { overlap: "invalid_input" } } });
    expect(await secretMatches(id, fresh)).toBe(true);
  });

  it("is registered, changed and removed with an event of the audit log that names who did it", async () => {
    const admin = await staffMember("administrator");
    const { id } = must(await addClient(admin, typed()));
    const [event] = await sql<{
      method: string;
    }>`SELECT method FROM audit_events WHERE event = 'client.added' AND method LIKE ${`${id} %`}`;
    expect(event?.method).toMatch(/ staff:/);
  });

  it("of the pairwise kind knows people by pseudonyms of its host alone", async () => {
    const of = (host: string, pairwise = true) =>
      subjectFor({ id: host, profile: "web", pairwise, redirectUris: [`https://${host}/`] }, "person");
    expect(await of("a.example.jp", false)).toBe("person");
    expect(await of("a.example.jp")).toBe(await of("a.example.jp"));
    expect(await of("a.example.jp")).not.toBe(await of("b.example.jp"));
    const ofApp = (id: string) => subjectFor({ id, profile: "native", pairwise: true, redirectUris: ["http://127.0.0.1/"] }, "person");
    expect(await ofApp("one")).not.toBe(await ofApp("two"));
  });
});

describe("A level", () => {
  it.each([
    [["pwd", "trusted_device"], 0],
    [["pwd", "sms"], 1],
    [["pwd", "tel"], 1],
    [["pwd", "rc"], 1],
    [["pwd", "otp"], 2],
    [["pwd", "sms", "otp"], 2],
    [["hwk", "user"], 3],
  ] as const)("of %j is number %d", (amr, place) => expect(levelOf(amr)).toBe(levels[place]));

  it("is the weakest that a service names, and unknown names ask for nothing (OC-07)", () => {
    expect(leastOf("urn:sekisho:acr:passkey urn:sekisho:acr:app")).toBe("urn:sekisho:acr:app");
    expect([leastOf("phr"), leastOf(undefined), leastOf("")]).toEqual([null, null, null]);
    expect(reaches("urn:sekisho:acr:app", "urn:sekisho:acr:passkey")).toBe(false);
    expect(reaches("urn:sekisho:acr:passkey", "urn:sekisho:acr:app")).toBe(true);
  });
});
