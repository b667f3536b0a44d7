/** What every test runs with: demo mode and a key that is known to everyone, so of no use elsewhere. */
export const testEnvironment = {
  SEKISHO_MODE: "demo",
  APP_KEYS: `test:${Buffer.from("sekisho test key, not a secret!!").toString("base64")}`,
  LOG_LEVEL: "error",
};
