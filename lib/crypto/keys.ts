import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

/** What a key may be used for; every use has a key of its own. */
export type KeyUse = "seal" | "index" | "token" | "pepper" | "next-auth" | "form";

type Ring = { active: string; ids: readonly string[]; derive(id: string, use: KeyUse): KeyObject | null };

function createRing(appKeys: string): Ring {
  const masters = new Map(
    appKeys.split(",").map((entry) => {
      const [id = "", key = ""] = entry.trim().split(":");
      return [id, Buffer.from(key, "base64")] as const;
    }),
  );
  const derived = new Map<string, KeyObject>();
  const ids = [...masters.keys()];
  return {
    active: ids[0] ?? "",
    ids,
    derive(id, use) {
      const master = masters.get(id);
      if (!master) return null;
      const name = `${id}/${use}`;
      const known = derived.get(name);
      if (known) return known;
      // Prepared once, because preparing a key costs more than a hash or a seal with it.
      const key = createSecretKey(Buffer.from(hkdfSync("sha256", master, Buffer.from("sekisho"), Buffer.from(use), 32)));
      derived.set(name, key);
      return key;
    },
  };
}

const ring = () => singleton("keys", () => createRing(env().APP_KEYS));

/** The id of the key that new values are written under. */
export const activeKeyId = () => ring().active;

/** The 32-byte key for one use under one id, or null when that id is not configured (HKDF-SHA-256, RFC 5869). */
export const keyFor = (id: string, use: KeyUse) => ring().derive(id, use);

/** The active 32-byte key for one use. */
export function activeKey(use: KeyUse): KeyObject {
  const key = keyFor(activeKeyId(), use);
  if (!key) throw new Error("no active application key");
  return key;
}

/** The keys of all configured ids for one use, the active one first: look-ups must find what an older key wrote. */
export const allKeys = (use: KeyUse): KeyObject[] => ring().ids.flatMap((id) => keyFor(id, use) ?? []);
