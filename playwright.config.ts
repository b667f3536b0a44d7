import { defineConfig } from "@playwright/test";

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/**
 * These tests measure time, or cause load or faults, so other tests beside them would distort their results. `npm test` runs them last, one
 * at a time.
 */
const ALONE = /security\/(database-gone|delivery-faults|front-door-drain|fuzz|receipts-flood|stampede|timing)\.spec\.ts$/;

/** `E2E_URL_A` and `E2E_URL_B` are two servers over one database, started by the global setup. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/support/global-setup.ts",
  workers: 3,
  projects: [
    // A page that missed its moment on a busy machine gets a second try; `npm test` names it and accepts two such tests in a run.
    { name: "pages", testIgnore: /e2e\/security\//, retries: 1 },
    { name: "security", testMatch: /security\/.*\.spec\.ts$/, testIgnore: ALONE },
    { name: "alone", testMatch: ALONE, workers: 1 },
  ],
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: process.env.E2E_URL_A,
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    // A trace costs every test two thirds of its processor time; `npm test -- e2e FILE --trace on` records one of a test that failed.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: process.env.E2E_BROWSER || undefined, args },
  },
});
