import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange } from "#lib/accounts/change-email";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import { sendCode } from "#lib/purposes/challenges";
import { count, forgetLimits, makeAccount, must, PASSWORD, requester, setClock } from "#lib/testing/fixtures";
import { type Browser, signInOn, stepUp } from "#lib/testing/signed-in";

// An account may name any address as its next one, so the mailbox of a stranger has a limit of its own (SIGN_UPS, F16).

const changing = async (): Promise<Browser> => stepUp(await signInOn(await makeAccount()), "change_email");
const ask = ({ acting, from }: Browser, email: string, as: "address" | "recovery" = "address") =>
  beginEmailChange(acting, { email, as }, from);
const mailsTo = (mailbox: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM messages m JOIN challenges c ON c.id = m.challenge_id
    WHERE m.channel = 'EMAIL' AND m.status = 'queued' AND m.until IS NULL AND regexp_replace(c.email, '\\+[^@]*', '') = ${mailbox}`);
const fresh = () => `${crypto.randomUUID()}@example.jp`;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A mailbox that accounts name as their next address", () => {
  it("gets three mails an hour of all of them, whatever tag they write and whether as the first or the second address, also at once", async () => {
    const victim = fresh();
    const browsers = await Promise.all([changing(), changing(), changing(), changing(), changing()]);
    const spelled = (at: number) => victim.replace("@", at % 2 ? `+${at}@` : "@");
    const asked = await Promise.all(browsers.map((browser, at) => ask(browser, spelled(at), at % 2 ? "recovery" : "address")));
    expect(asked.filter(({ ok }) => ok).length).toBe(3);
    for (const one of asked)
      if (!one.ok) expect(one.error).toEqual({ code: "too_many_sends", reason: "throttled", retryAfter: expect.any(Number) });
    expect(await mailsTo(victim)).toBe(3);
  });

  it("gets no more of them by a code that is sent again", async () => {
    const victim = fresh();
    const [one, other] = [await changing(), await changing()];
    const { token } = must(await ask(one, victim));
    must(await ask(other, victim));
    must(await ask(other, victim));
    await setClock(40);
    expect(must(await sendCode(token, { method: "email" }, one.from)).delivery?.until).toBeDefined();
    expect(await mailsTo(victim)).toBe(3);
  });

  it("gets the mails of its own sign-up all the same, and an account those to its own address", async () => {
    const victim = fresh();
    for (const browser of [await changing(), await changing(), await changing()]) must(await ask(browser, victim));
    expect(must(await signUp({ email: victim, password: PASSWORD, locale: "ja" }, requester)).view.delivery?.status).toBe("queued");
    const left = await makeAccount({ phone: false });
    for (const browser of [await changing(), await changing(), await changing()]) must(await ask(browser, left.email));
    expect(must(await signIn({ identifier: left.email, password: PASSWORD }, requester)).view.delivery?.status).toBe("queued");
  });
});
