import { beforeEach, describe, expect, it } from "vitest";
import { changeService } from "#lib/console/service";
import { sql } from "#lib/db/sql";
import { serviceOf } from "#lib/delivery/wording/service";
import { readLogo } from "#lib/policy/logo";
import { forgetSettings, refreshSettings } from "#lib/policy/read";
import { serviceNow } from "#lib/policy/service";
import { documents } from "#lib/sessions/consent";
import type { Acting } from "#lib/sessions/step-up";
import { forgetLimits, forgetPolicy, must } from "#lib/testing/fixtures";
import { jpegOf, pngOf } from "#lib/testing/images";
import { forgetStaff, staffMember } from "#lib/testing/staff";

// What the form says wins over the environment, which the tests' own configuration leaves at its defaults but for these.
Object.assign(process.env, { CONTACT: "help@example.jp", TERMS_URL: "https://example.jp/terms" });

beforeEach(forgetLimits);
beforeEach(forgetStaff);
beforeEach(forgetPolicy);
beforeEach(async () => {
  forgetSettings();
  await refreshSettings();
});

const REASON = "開業のため";
type Typed = Omit<Parameters<typeof changeService>[1], "reason" | "logo"> & { logo?: Parameters<typeof changeService>[1]["logo"] };

const change = async (acting: Acting, { logo = "keep", ...typed }: Typed) => {
  const done = await changeService(acting, { ...typed, logo, reason: REASON });
  await refreshSettings();
  return done.ok ? "done" : (done.error.reason ?? JSON.stringify(done.error.fields ?? done.error.code));
};

describe("Whose service it is", () => {
  it("is as the environment says until the form says otherwise, field by field, in texts and mails and at sign-up", async () => {
    const admin = await staffMember("administrator");
    expect(serviceNow()).toMatchObject({ name: "関所", contact: { text: "help@example.jp" }, terms: { version: null } });
    expect(await change(admin, { name: "みなと銀行", termsUrl: "https://minato.example/terms", termsVersion: "2026-11" })).toBe("done");
    expect(serviceOf("ja")).toMatchObject({ name: "みなと銀行", contact: { text: "help@example.jp" } });
    expect(documents()).toEqual([{ document: "terms", version: "2026-11", href: "https://minato.example/terms" }]);
    expect(await change(admin, { contact: "0120-000-000" })).toBe("done");
    expect(serviceNow()).toMatchObject({
      name: "関所",
      contact: { kind: "phone" },
      terms: { url: "https://example.jp/terms", version: null },
    });
    const [event] = await sql<{ method: string }>`SELECT method FROM audit_events WHERE event = 'policy.changed' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toMatch(new RegExp(`^service staff:.+ \\(${REASON}\\)$`));
  });

  it.each([
    [{ name: "example.jp" }, "name"],
    [{ name: "十三文字よりも長いサービス名" }, "name"],
    [{ contact: "javascript:alert(1)" }, "contact"],
    [{ termsUrl: "javascript:alert(1)" }, "termsUrl"],
    [{ termsVersion: "2026-11" }, "termsUrl"],
    [{ privacyUrl: "https://a.example", privacyVersion: "a b" }, "privacyVersion"],
    [{ senderNumber: "<b>" }, "senderNumber"],
    [{ accentDay: "red" }, "accentDay"],
    [{ accentDay: "#ffcc00" }, "accentDay"],
    [{ accentNight: "#1f3a5f" }, "accentNight"],
  ])("takes no %o: the field is named and nothing changes", async (typed, field) => {
    expect(await change(await staffMember("administrator"), typed)).toBe(JSON.stringify({ [field]: "invalid_input" }));
    expect(serviceNow().name).toBe("関所");
  });

  it("has a colour that is read as people type it, with one for the other theme made from it", async () => {
    expect(await change(await staffMember("administrator"), { accentDay: "0A5" })).toBe(JSON.stringify({ accentDay: "invalid_input" }));
    expect(await change(await staffMember("administrator"), { accentDay: "＃063" })).toBe("done");
    expect(serviceNow().accent).toEqual({ day: "#006633", night: expect.stringMatching(/^#[0-9a-f]{6}$/) });
  });

  it("keeps its logo over a change of the name, under the type of its bytes, and loses it when asked", async () => {
    const admin = await staffMember("administrator");
    expect(await change(admin, { logo: jpegOf(64, 64) })).toBe("done");
    const { logo } = serviceNow();
    expect(await readLogo(logo ?? "")).toEqual({ type: "image/jpeg", bytes: jpegOf(64, 64) });
    expect(await change(admin, { name: "みなと銀行" })).toBe("done");
    expect(serviceNow().logo).toBe(logo);
    expect(await change(admin, { logo: Buffer.from("<svg><script>alert(1)</script></svg>") })).toBe(
      JSON.stringify({ logo: "invalid_input" }),
    );
    expect(await change(admin, { logo: Buffer.concat([pngOf(64, 64), Buffer.alloc(300_000)]) })).toBe(
      JSON.stringify({ logo: "too_large" }),
    );
    expect(await change(admin, { name: "みなと銀行", logo: "remove" })).toBe("done");
    expect(serviceNow().logo).toBeNull();
  });

  it("is an administrator's to say", async () => {
    expect(await change(await staffMember("support"), { name: "にせの銀行" })).toBe("role");
    const done = await changeService(await staffMember("administrator"), { name: "みなと銀行", logo: "keep", reason: " " });
    expect(done).toMatchObject({ ok: false, error: { fields: { reason: "invalid_input" } } });
    must(await changeService(await staffMember("administrator"), { name: "みなと銀行", logo: "keep", reason: REASON }));
  });
});
