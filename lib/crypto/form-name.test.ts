import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { formName, idOfForm } from "#lib/crypto/form-name";

const keys = process.env.APP_KEYS ?? "";

/** Loads the module as a process with other application keys does. */
async function withKeys(value: string): Promise<typeof import("#lib/crypto/form-name")> {
  process.env.APP_KEYS = value;
  delete (globalThis as Record<symbol, unknown>)[Symbol.for("sekisho.keys")];
  vi.resetModules();
  return import("#lib/crypto/form-name");
}

afterEach(async () => void (await withKeys(keys)));

describe("The name of a form", () => {
  it("is the same for all renders of one row, and says nothing of the row's id", () => {
    const id = randomUUID();
    expect(formName(id)).toBe(formName(id));
    expect(formName(id)).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(Buffer.from(formName(id), "base64url").toString("hex")).not.toContain(id.slice(0, 8));
    expect(formName(randomUUID())).not.toBe(formName(id));
    expect(idOfForm(formName(id))).toBe(id);
  });

  it("opens no name that was altered, cut, grown or made up", () => {
    const name = formName(randomUUID());
    const bytes = Buffer.from(name, "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(idOfForm(altered.toString("base64url"))).toBeNull();
    }
    const others: unknown[] = [
      "",
      name.slice(1),
      `${name}A`,
      "é".repeat(32),
      randomBytes(24).toString("base64url"),
      undefined,
      null,
      1,
      [name],
    ];
    for (const other of others) expect(idOfForm(other)).toBeNull();
  });

  it("made under an older key is still understood after the key was rotated, and not once that key is gone", async () => {
    const id = randomUUID();
    const name = formName(id);
    const fresh = `fresh:${randomBytes(32).toString("base64")}`;
    const rotated = await withKeys(`${fresh},${keys}`);
    expect(rotated.formName(id)).not.toBe(name);
    expect(rotated.idOfForm(name)).toBe(id);
    expect((await withKeys(fresh)).idOfForm(name)).toBeNull();
  });
});
