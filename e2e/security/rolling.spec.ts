import { setTimeout as sleep } from "node:timers/promises";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { Client, type Person, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Upgrades, key rotations and rollbacks replace one instance after the other while people sign in (K09, PH-04).
const NEXT = `next:${Buffer.from("another sekisho test key, no secret").toString("base64")}`;
const OLD = testEnvironment.APP_KEYS;
const PEOPLE = 4;

test.use({ serverSettings: {} });

/** A browser whose requests go to the instances that a proxy would send them to at that moment. */
class Behind extends Client {
  private readonly serving: readonly Instance[];
  constructor(serving: readonly Instance[]) {
    super();
    this.serving = serving;
  }
  override call(...call: Parameters<Client["call"]>) {
    this.urls = this.serving.map(({ url }) => url);
    return super.call(...call);
  }
}

test("Signing in never fails while every instance is replaced by one with the next key first, and again by one with the old key first.", async ({
  database,
}) => {
  const start = (APP_KEYS: string) =>
    startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "silent", APP_KEYS } });
  // Before the next key seals anything, every instance can read it.
  const serving = [await start(`${OLD},${NEXT}`), await start(`${OLD},${NEXT}`)];
  let over = false;
  const [signedIn, failed] = [{ count: 0 }, [] as string[]];
  const signIn = async (person: Person) => {
    while (!over) {
      try {
        const { client, code } = await passPassword(person, new Behind(serving));
        const { status } = await client.post("/challenge/verify", { code });
        if (status === 200 && (await client.get("/api/v1/session")).status === 200) signedIn.count += 1;
        else failed.push(`the code was answered ${status}`);
      } catch (error) {
        failed.push(String(error));
      }
      // An account has a hundred passwords in a quarter of an hour, right ones too.
      await sleep(500);
    }
  };
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => register(new Behind(serving))));
  const going = people.map(signIn);
  const counts: number[] = [];
  for (const keys of [`${NEXT},${OLD}`, `${OLD},${NEXT}`]) {
    for (const at of [0, 1]) {
      const [before, fresh] = [serving[at], await start(keys)];
      serving[at] = fresh;
      expect(await before?.stop()).toBe(0);
    }
    counts.push(signedIn.count);
  }
  over = true;
  await Promise.all(going);
  // A session that was opened before the first replacement still counts.
  expect((await people[0]?.client.get("/api/v1/session"))?.status).toBe(200);
  for (const one of serving) await one.stop();
  expect(failed).toEqual([]);
  expect(counts[0]).toBeGreaterThan(PEOPLE);
  expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
});
