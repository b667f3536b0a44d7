import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeText, readTexts, textNamed } from "#lib/console/texts";
import { sql } from "#lib/db/sql";
import { bodyProblem, shippedBody, textVersions } from "#lib/delivery/wording/templates";
import type { Acting } from "#lib/sessions/step-up";
import { forgetLimits, must } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(async () => {
  await sql`DELETE FROM text_templates`;
});

const SHORT = "【{service}】{purpose} {code}\n{minutes}分有効。{warning}";
const word = (acting: Acting, body: string) => changeText(acting, { purpose: "sign_in", locale: "ja", body, reason: "短くします" });
const signIn = async () => (await readTexts()).find(({ template, locale }) => template === "code.SIGN_IN" && locale === "ja");

describe("Staff word a text", () => {
  it("anew, with the line ends of a browser, and it stands in the history with its author and in the audit log", async () => {
    const admin = await staffMember("administrator");
    must(await word(admin, SHORT.replace("\n", "\r\n")));
    expect(await signIn()).toMatchObject({ body: SHORT, own: true, segments: 1, originBound: true });
    const [version] = await textVersions("code.SIGN_IN", "ja");
    expect(version).toMatchObject({ body: SHORT, by: expect.stringMatching(/^staff:.+ \(短くします\)$/) });
    const events = await sql`SELECT method FROM audit_events WHERE event = 'text.changed' ORDER BY id DESC LIMIT 1`;
    expect(events).toEqual([{ method: `sign_in ja ${version?.by}` }]);
    expect(await word(admin, SHORT)).toMatchObject({ ok: false, error: { code: "not_allowed", reason: "no_change" } });
  });

  it("as it was shipped, and the history says so", async () => {
    const admin = await staffMember("administrator");
    must(await word(admin, SHORT));
    must(await word(admin, shippedBody("ja")));
    expect(await signIn()).toMatchObject({ body: shippedBody("ja"), own: false });
    expect((await textVersions("code.SIGN_IN", "ja")).slice(0, 2).map(({ body }) => body)).toEqual([null, SHORT]);
    expect(await word(admin, shippedBody("ja"))).toMatchObject({ ok: false, error: { reason: "no_change" } });
  });

  it.each([
    ["without the code", SHORT.replace("{code}", ""), "place_missing"],
    ["with a link", `${SHORT} example.jp`, "link"],
    ["with a line that a browser would read as the origin-bound one", `${SHORT}\n@evil #012345`, "reserved_line"],
    ["of more than one segment", `${SHORT}${"あ".repeat(50)}`, "too_long"],
  ])("not %s, and what is sent stays", async (_, body, problem) => {
    expect(
      bodyProblem(body, { ja: "ログイン", en: "login" }, "ja", { name: "関所", publicOrigin: "https://a.example", minutes: 10 }),
    ).toMatchObject({ problem });
    expect(await word(await staffMember("administrator"), body)).toMatchObject({
      ok: false,
      error: { code: "invalid_input", fields: { body: "invalid_input" } },
    });
    expect(await signIn()).toMatchObject({ own: false });
  });
});

it("A text is not worded anew without a reason.", async () => {
  const typed = { purpose: "sign_in", locale: "ja", body: SHORT, reason: " " };
  expect(await changeText(await staffMember("administrator"), typed)).toMatchObject({ error: { fields: { reason: "invalid_input" } } });
  expect(await signIn()).toMatchObject({ own: false });
});

it("An address that names no text finds none.", () => {
  expect(textNamed("nothing", "ja")).toBeNull();
  expect(textNamed("sign_in", "fr")).toBeNull();
});
