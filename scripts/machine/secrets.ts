import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { dataFolder } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";

export type Secrets = { APP_KEYS: string; DATABASE_PASSWORD: string; CLONE_ID: string };

/**
 * Returns the file's text and creates it first if missing. Creation by link is atomic, so concurrent starts share one set of secrets and a full
 * disk leaves no partial file.
 */
function createOnce(name: string, make: () => string): string {
  const file = join(dataFolder(), name);
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`;
    try {
      writeFileSync(draft, make(), { flag: "wx", mode: 0o600, flush: true });
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(file, "utf8");
}

/** Returns the secrets of this clone, created at the first start. */
export function localSecrets(): Secrets {
  const text = createOnce("secrets.env", () =>
    [
      "# Made at the first start. Without APP_KEYS the stored phone numbers cannot be read: keep this file with the data.",
      `APP_KEYS=k1:${randomBytes(32).toString("base64")}`,
      `DATABASE_PASSWORD=${randomBytes(24).toString("base64url")}`,
      `CLONE_ID=${randomBytes(6).toString("hex")}`,
      "",
    ].join("\n"),
  );
  const { APP_KEYS, DATABASE_PASSWORD, CLONE_ID } = parseEnv(text);
  if (!APP_KEYS || !DATABASE_PASSWORD || !CLONE_ID) {
    throw new CommandRefusal(
      `${join(dataFolder(), "secrets.env")} is incomplete.\nRestore it from a copy; if there is no data to keep, remove the folder .data/ and start again.`,
    );
  }
  return { APP_KEYS, DATABASE_PASSWORD, CLONE_ID };
}

/** Returns the secrets if they exist; creates nothing. */
export function existingSecrets(): Secrets | undefined {
  return existsSync(join(dataFolder(), "secrets.env")) ? localSecrets() : undefined;
}

/** Returns the key that seals Next's server actions: one per clone, so that every instance of a build reads every page. */
export function actionKey(): string {
  return process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY || createOnce("action.key", () => randomBytes(32).toString("base64")).trim();
}
