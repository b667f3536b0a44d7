import { defineConfig } from "vitest/config";

/** Two projects: pure files, and use cases on a real PostgreSQL with a database of their own for every test file. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "components/**/*.test.ts", "app/**/*.test.ts"],
          exclude: ["**/*.db.test.ts", "node_modules/**"],
          setupFiles: ["scripts/test/unit-setup.ts"],
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
    ],
  },
});
