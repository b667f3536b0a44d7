import { defineConfig } from "vitest/config";

/** Three projects: pure files; use cases on a real PostgreSQL with a database of their own for every test file; adapters against their real peers. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "components/**/*.test.ts", "app/**/*.test.ts"],
          exclude: ["**/*.db.test.ts", "**/*.peer.test.ts", "node_modules/**"],
          setupFiles: ["scripts/test/unit-setup.ts"],
          // Hundreds of random cases beside other work may take more than the usual five seconds.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "db",
          include: ["lib/**/*.db.test.ts"],
          globalSetup: ["scripts/test/db-global.ts"],
          setupFiles: ["scripts/test/db-setup.ts"],
          pool: "forks",
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: "peers",
          include: ["lib/**/*.peer.test.ts"],
          globalSetup: ["scripts/test/peers-global.ts"],
          setupFiles: ["scripts/test/unit-setup.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
