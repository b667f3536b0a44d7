import { expect, test } from "@playwright/test";
import { Client, expectStatus, PASSWORD, passPassword, register } from "../support/api.ts";
import { command } from "../support/provider.ts";
import { standardPair } from "../support/server.ts";

// What an operator ends by command has ended on every server from the next request on (A19).

const { a, b, databaseUrl } = standardPair();
const admin = (...args: string[]) => command("admin", databaseUrl, args);

test("A suspended account is out of both servers at once and stays out with the right password; resumed, it signs in again; unknown addresses are refused.", async () => {
  const known = await register(new Client(a));
  const signed = [new Client(a), new Client(b)].map((client) => {
    for (const [name, value] of known.client.cookies) client.cookies.set(name, value);
    return client;
  });
  const begun = (await passPassword(known, new Client(b))) as { client: Client; code: string };
  expect(await admin("suspend", known.email, "--reason", "asked by phone")).toMatchObject({
    code: 0,
    out: expect.stringContaining("1 session ended"),
  });
  for (const client of signed) expectStatus(await client.get("/api/v1/session"), 401);
  expect((await begun.client.post("/challenge/verify", { code: begun.code })).status).toBe(410);
  for (const url of [a, b])
    expect(expectStatus(await new Client(url).post("/sign-in", { identifier: known.email, password: PASSWORD }), 401).body.code).toBe(
      "credentials_wrong",
    );
  expect((await new Client(a).message(known.email)).text).toContain("利用を止め");
  expect(await admin("suspend", known.email)).toMatchObject({ code: 0, out: expect.stringContaining("suspended already") });
  expect((await admin("resume", known.email)).code).toBe(0);
  const back = await passPassword(known, new Client(b));
  expectStatus(await back.client.post("/challenge/verify", { code: back.code }), 200);
  expect(await admin("sessions:end", known.email)).toMatchObject({ code: 0, out: expect.stringContaining("1 session ended") });
  expectStatus(await back.client.get("/api/v1/session"), 401);
  for (const args of [
    ["suspend"],
    ["suspend", "nobody@example.jp"],
    ["resume", "no address"],
    ["nothing", known.email],
    ["suspend", known.email, "x"],
    ["suspend", known.email, "--reason", " "],
  ]) {
    const { code, out } = await admin(...args);
    expect([code, out], args.join(" ")).toEqual([1, expect.not.stringContaining("    at ")]);
  }
  const after = await passPassword(known, new Client(a));
  expectStatus(await after.client.post("/challenge/verify", { code: after.code }), 200);
  const activity = (await after.client.get("/account/activity")).text;
  for (const words of ["利用を止めました", "利用を再開しました", "すべての端末をログアウトさせました"]) expect(activity).toContain(words);
});
