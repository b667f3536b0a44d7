import { afterEach, beforeEach, expect, it } from "vitest";
import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { demoMessages } from "#lib/demo/inbox";
import { verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { codeOf, count, forgetLimits, forgetPolicy, makeAccount, must, PASSWORD, requester, setPolicy } from "#lib/testing/fixtures";

beforeEach(forgetLimits);
afterEach(forgetPolicy);

const start = (email: string) => signUp({ email, password: PASSWORD, locale: "ja" }, requester);
const challenges = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM challenges`);

it("A closed sign-up begins for nobody, known or not, writes nothing, and lets in who had begun", async () => {
  const { email } = await makeAccount();
  const begun = must(await start("early@example.jp"));
  const before = await challenges();
  await setPolicy("publicSignUp", false);
  for (const one of [email, "late@example.jp", "no address"])
    expect(await start(one)).toEqual({ ok: false, error: { code: "sign_up_closed" } });
  expect(await challenges()).toBe(before);
  const proven = must(await verifyChallenge(begun.token, { code: await codeOf(begun.token) }, requester));
  expect(proven.next).toBe("bind_phone");
  await setPolicy("publicSignUp", true);
  expect((await start("late@example.jp")).ok).toBe(true);
});

it("A notice by mail carries its link from within a second after that is wanted, and none before (E09)", async () => {
  const { userId, email } = await makeAccount();
  const mail = async () => {
    await queueNotice(sql, { userId, template: "notice.new_device", locale: "ja" });
    const [row] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid AND status = 'queued'`;
    await sendMessage(row?.id ?? "");
    return (await demoMessages(email, null))[0];
  };
  expect((await mail())?.link).toBeNull();
  await setPolicy("linksInMail", true);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const sent = await mail();
  const { pathname, searchParams } = new URL(sent?.link ?? "");
  expect([pathname, searchParams.get("reference"), searchParams.get("stopCode")]).toEqual(["/stop", sent?.reference, sent?.stopCode]);
});
