import { test as base } from "@playwright/test";
import { dropDatabase, newDatabase, openTestCluster, type TestCluster } from "../../scripts/test/cluster.ts";
import { Client, type Person, register } from "./api.ts";
import type { Visitor } from "./person.ts";
import { openRows, type Rows } from "./rows.ts";
import { type Told, tellAll } from "./secrets.ts";
import { clusterUrl, type Instance, startInstance } from "./server.ts";
import { type Look, visit } from "./visit.ts";

export { expect } from "@playwright/test";

export const HOST = "login.example.jp";
export const PRODUCTION = {
  ...{ SEKISHO_MODE: "production", APP_URL: `https://${HOST}`, LISTEN_HOST: "127.0.0.1", TRUSTED_PROXIES: "none" },
  // The providers of these tests are on this machine.
  PROVIDER_PRIVATE_HOSTS: "127.0.0.1,localhost",
};

type OfWorker = {
  /**
   * The environment of the file's servers: `test.use({ serverSettings: { … } })`. Playwright gives each settings object a worker of its own, and so
   * each file a server and a database of its own.
   */
  serverSettings: Record<string, string> | null;
  /** How many people a demo server registers before the file's own server starts; production shows no code to register with. */
  peopleBefore: number;
  database: string;
  people: Person[];
  server: Instance;
  /** A second process over the same database. */
  second: Instance;
  rows: Rows;
  /** The first of `people`, or an account that the file's own server registers. */
  person: Person;
  /** Another account of the file's own server. */
  attacker: Person;
  /** A PostgreSQL that keeps acknowledged commits through a crash. */
  durableCluster: TestCluster;
  /** Every answer and every secret of journeys through all doors. */
  told: Told;
};

type OfTest = {
  look: Look;
  /** A person at a browser of this look, whose browser must complain of nothing. */
  visitor: Visitor;
  /** Runs a person at a browser of another look. */
  visit: (look: Look, run: (visitor: Visitor) => Promise<void>) => Promise<void>;
  /** Moves the product's clock until the test ends. */
  clock: (seconds: number) => Promise<unknown>;
};

const perWorker = { scope: "worker", timeout: 90_000 } as const;

export const test = base.extend<OfTest, OfWorker>({
  serverSettings: [null, { option: true, scope: "worker" }],
  peopleBefore: [0, { option: true, scope: "worker" }],
  database: [
    async ({ serverSettings }, use) => {
      if (!serverSettings) throw new Error("A file with a database of its own says so: test.use({ serverSettings: { … } }).");
      const database = await newDatabase(clusterUrl());
      await use(database);
      await dropDatabase(database);
    },
    perWorker,
  ],
  people: [
    async ({ database, peopleBefore }, use) => {
      const people: Person[] = [];
      if (peopleBefore > 0) {
        const demo = await startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench" } });
        while (people.length < peopleBefore) people.push(await register(new Client(demo.url)));
        await demo.stop();
      }
      await use(people);
    },
    perWorker,
  ],
  server: [
    async ({ database, people: _, serverSettings }, use) => {
      const server = await startInstance({ databaseUrl: database, env: serverSettings ?? {} });
      await use(server);
      await server.stop();
    },
    perWorker,
  ],
  second: [
    async ({ server, serverSettings }, use) => {
      const second = await startInstance({ databaseUrl: server.databaseUrl, env: serverSettings ?? {} });
      await use(second);
      await second.stop();
    },
    perWorker,
  ],
  rows: [
    async ({ database }, use) => {
      const rows = await openRows(database);
      await use(rows);
      await rows.close();
    },
    perWorker,
  ],
  person: [async ({ people, server }, use) => use(people[0] ?? (await register(new Client(server.url)))), perWorker],
  attacker: [async ({ server }, use) => use(await register(new Client(server.url))), perWorker],
  durableCluster: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      const cluster = await openTestCluster({ durable: true });
      await use(cluster);
      await cluster.close();
    },
    perWorker,
  ],
  told: [
    async ({ server, rows }, use) => {
      const told = await tellAll(server.url);
      await rows.settled();
      await use(told);
    },
    perWorker,
  ],
  look: [{}, { option: true }],
  visitor: async ({ browser, look, server }, use) => visit(browser, server.url, look, use),
  visit: async ({ browser, server }, use) => use((look, run) => visit(browser, server.url, look, run)),
  clock: async ({ server }, use) => {
    const { clock } = new Client(server.url);
    await use(clock);
    await clock(0);
  },
});
