/** The environment of every test: demo mode and a public key, which must not be used elsewhere. */
export const testEnvironment = {
  SEKISHO_MODE: "demo",
  APP_KEYS: `test:${Buffer.from("sekisho test key, not a secret!!").toString("base64")}`,
  LOG_LEVEL: "error",
};
