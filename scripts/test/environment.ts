/** The environment of every test: demo mode and a public key, which must not be used elsewhere. LINE and Google are set up, so that all pages open. */
export const testEnvironment = {
  SEKISHO_MODE: "demo",
  APP_KEYS: `test:${Buffer.from("sekisho test key, not a secret!!").toString("base64")}`,
  LOG_LEVEL: "error",
  LINE_CLIENT_ID: "line-channel",
  LINE_CLIENT_SECRET: "line test secret".replaceAll(" ", "-").padEnd(32, "."),
  GOOGLE_CLIENT_ID: "google-client",
  GOOGLE_CLIENT_SECRET: "google test secret".replaceAll(" ", "-").padEnd(32, "."),
};
