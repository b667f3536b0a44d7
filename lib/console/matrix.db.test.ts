import { randomInt, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopAccount } from "#lib/accounts/notice-codes";
import { type AccountAct, actOnAccount } from "#lib/console/account-acts";
import { exportAudit } from "#lib/console/audit-file";
import { auditFilterOf } from "#lib/console/audit-filter";
import { type CaseAct, decideCase } from "#lib/console/cases";
import { changeClient } from "#lib/console/change-client";
import { changePolicy } from "#lib/console/change-policy";
import { addClient, addClientByCommand, type Client, editionOf, readClient, removeClient, rotateClient } from "#lib/console/clients";
import { confirmFact } from "#lib/console/confirm-fact";
import { actOnEndpoint, addEndpointAsStaff, type EndpointAct, resendEventAsStaff, rotateEndpointAsStaff } from "#lib/console/events";
import { beginImport, cancelImport, exportLines, stageImport } from "#lib/console/import-members";
import { compareInvoice } from "#lib/console/invoice";
import { addKeyAsStaff, removeKeyAsStaff, rotateKeyAsStaff } from "#lib/console/keys";
import { grantPerson, invitePerson, revokePerson, withdrawInvitation } from "#lib/console/people";
import { providerInput } from "#lib/console/provider-fields";
import { actOnProvider, addProvider, changeProvider, tryCallback, tryProvider } from "#lib/console/providers";
import { setCurrency } from "#lib/console/rates";
import { exportRehearsals } from "#lib/console/rehearsal-file";
import { rehearse } from "#lib/console/rehearse";
import { resendMessage } from "#lib/console/resend";
import { switchSending } from "#lib/console/switch-sending";
import { changeText } from "#lib/console/texts";
import { exportUsage } from "#lib/console/usage-file";
import { keyFingerprint } from "#lib/crypto/proofs";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { addProviderAccount } from "#lib/delivery/provider-accounts/store";
import type { Refused } from "#lib/errors";
import { addEndpoint, pauseEndpoint, testEndpoint } from "#lib/events/endpoints";
import { addKey } from "#lib/keys/store";
import type { Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { requireStaff } from "#lib/staff/act";
import { listInvites } from "#lib/staff/invites";
import { matrix, mayDo, type StaffAct } from "#lib/staff/matrix";
import { type Account, forgetLimits, forgetPolicy, makeAccount, must, requester, setClock } from "#lib/testing/fixtures";
import { forgetStaff, noticed, oldAccount, requestCase, staffMember, staffSession, steppedUp } from "#lib/testing/staff";

// Every act of the console is played by everybody, through the use case that its page runs, and compared with the matrix (J01).

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));
afterEach(forgetPolicy);
afterEach(() => sql`DELETE FROM event_endpoints`);

const acts = Object.keys(matrix) as StaffAct[];
const WHY = "本人と話しました";

type Play = (acting: Acting) => Promise<Result<unknown, Refused>>;

/** A case in the state that an act is for. */
async function caseFor(act: CaseAct): Promise<string> {
  const account = await oldAccount();
  const reference = await requestCase(account);
  if (act === "approve") must(await decideCase(await staffMember("support"), reference, "review", { reason: WHY }));
  if (act === "resume") {
    const { stopCode = "" } = await noticed(account, "notice.case_requested_ended", "SMS");
    must(await stopAccount({ reference, code: stopCode }, requester));
  }
  return reference;
}

const decides =
  (act: CaseAct): Play =>
  async (acting) =>
    decideCase(acting, await caseFor(act), act, { reason: WHY });

const actsOn =
  (act: AccountAct): Play =>
  async (acting) => {
    const { userId } = await oldAccount();
    if (act === "resume") await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${userId}::uuid`;
    return actOnAccount(acting, userId, act, { reason: WHY });
  };

/** A notice of an account that has left, so that it can be sent again. */
async function noticeOf({ userId }: Account): Promise<string> {
  await transaction((tx) => queueNotice(tx, { userId, template: "notice.new_device", locale: "ja" }));
  const [row] = await sql<{ id: string }>`
    UPDATE messages SET status = 'failed' WHERE user_id = ${userId}::uuid AND template = 'notice.new_device' AND channel = 'EMAIL' RETURNING id`;
  return row?.id ?? "";
}

/** A gateway in demo mode, where the machine itself may be one. */
const gateway = () => ({
  name: `g-${randomUUID().slice(0, 8)}`,
  kind: "webhook",
  baseUrl: "http://127.0.0.1:9",
  "secret.secret": "s".repeat(40),
});

async function gatewayAdded() {
  const form = gateway();
  must(await addProviderAccount(providerInput(form)));
  return form;
}

/** An endpoint of the machine itself, which demo mode allows; nothing listens there. */
const endpoint = () => ({ url: `http://127.0.0.1:9/${randomUUID()}`, types: null });
const endpointAdded = async () => must(await transaction((tx) => addEndpoint(tx, endpoint()))).id;
const actsOnEndpoint =
  (act: EndpointAct): Play =>
  async (acting) => {
    const id = await endpointAdded();
    if (act === "resume") must(await transaction((tx) => pauseEndpoint(tx, id)));
    return actOnEndpoint(acting, id, act);
  };

/** An event that an endpoint took. */
async function eventTaken(): Promise<string> {
  const id = await endpointAdded();
  const { eventId } = must(await transaction((tx) => testEndpoint(tx, id)));
  await sql`UPDATE event_deliveries SET state = 'delivered', ended_at = app_now() WHERE event_id = ${eventId}::uuid`;
  return eventId;
}

const key = () => ({ name: randomUUID(), scopes: ["verify"], countries: null, sendsPerDay: null });
async function keyMade(): Promise<string> {
  const made = key();
  must(await addKey(made, "cli:test"));
  return made.name;
}

const service = () => ({
  ...{ name: "お買い物", redirectUris: ["https://shop.example.jp/back"], postLogoutRedirectUris: [], backchannelLogoutUri: null },
  ...{ firstParty: true, pairwise: false, profile: "web" as const, level: null },
});
const serviceAdded = async () => must(await addClientByCommand(service(), "cli:test")).id;
/** A file of members that an administrator staged. */
async function importStagedBy(acting?: Acting) {
  await sql`DELETE FROM member_imports`;
  const file = { bytes: Buffer.from(`email\n${randomUUID()}@example.jp\n`), format: "csv" } as const;
  return stageImport(acting ?? (await staffMember("administrator")), file, requester);
}
async function importOpen(): Promise<{ id: string; reason: string }> {
  must(await importStagedBy());
  const [row] = await sql<{ id: string }>`SELECT id FROM member_imports`;
  return { id: row?.id ?? "", reason: WHY };
}

/** Each act through its use case, on something that it fits. */
const plays: Partial<Record<StaffAct, Play>> = {
  "cases.review": decides("review"),
  "cases.approve": decides("approve"),
  "cases.reject": decides("reject"),
  "cases.cancel": decides("cancel"),
  "cases.resume": decides("resume"),
  "users.end_sessions": actsOn("end_sessions"),
  "users.require_reverification": actsOn("require_reverification"),
  "users.force_reset": actsOn("force_reset"),
  "users.start_case": actsOn("start_case"),
  "users.suspend": actsOn("suspend"),
  "users.resume": actsOn("resume"),
  "messages.resend": async (acting) => resendMessage(acting, await noticeOf(await oldAccount()), { reason: WHY }, requester),
  "audit.export": async (acting) => {
    const exported = await exportAudit(acting, auditFilterOf({}), requester);
    if (exported.ok) await exported.value.cancel();
    return exported;
  },
  "usage.export": async (acting) => {
    const exported = await exportUsage(acting, { from: "2026-11-01", to: "2026-11-02" }, requester);
    if (exported.ok) await exported.value.cancel();
    return exported;
  },
  "usage.set_rate": (acting) => setCurrency(acting, { currency: "USD", begins: "2026-11-01", yen: "150" }),
  "usage.reconcile": (acting) => compareInvoice(acting, { provider: "first", text: "day,id,segments,yen\n2026-11-01,a,1,8\n" }),
  "health.switch": async (acting) => {
    await sql`DELETE FROM sending_stops`;
    const stopped = await switchSending(acting, "stop_voice", { reason: WHY });
    await sql`DELETE FROM sending_stops`;
    return stopped;
  },
  "setup.confirm": (acting) => confirmFact(acting, "keys", keyFingerprint()),
  "texts.change": async (acting) => {
    const worded = await changeText(acting, {
      ...{ purpose: "sign_in", locale: "ja", reason: WHY },
      body: "【{service}】{purpose} {code}\n{minutes}分有効。{warning}",
    });
    await sql`DELETE FROM text_templates`;
    return worded;
  },
  "policy.change": (acting) => changePolicy(acting, { name: "signInFloorMs", value: randomInt(1, 5000), reason: WHY }),
  "clients.add": (acting) => addClient(acting, service()),
  "clients.change": async (acting) => {
    const id = await serviceAdded();
    return changeClient(acting, id, { name: "お花" }, editionOf((await readClient(id)) as Client));
  },
  "clients.rotate": async (acting) => rotateClient(acting, await serviceAdded(), 0),
  "clients.remove": async (acting) => removeClient(acting, await serviceAdded()),
  "members.stage": importStagedBy,
  "members.begin": async (acting) => beginImport(acting, await importOpen(), requester),
  "members.cancel": async (acting) => cancelImport(acting, await importOpen(), requester),
  "members.export": async (acting) => {
    const exported = await exportLines(acting, (await importOpen()).id, requester);
    if (exported.ok) await exported.value.cancel();
    return exported;
  },
  "providers.add": (acting) => addProvider(acting, gateway()),
  "providers.change": async (acting) => changeProvider(acting, { ...(await gatewayAdded()), price: "9.5" }),
  "providers.disable": async (acting) => actOnProvider(acting, (await gatewayAdded()).name, "disable"),
  "providers.enable": async (acting) => actOnProvider(acting, (await gatewayAdded()).name, "enable"),
  "providers.remove": async (acting) => actOnProvider(acting, (await gatewayAdded()).name, "remove"),
  "providers.up": async (acting) => {
    await gatewayAdded();
    return actOnProvider(acting, (await gatewayAdded()).name, "up");
  },
  "providers.test": async (acting) => tryProvider(acting, { name: "demo", number: "+819012345678", locale: "ja" }),
  "providers.test_callback": async (acting) => tryCallback(acting, (await gatewayAdded()).name),
  "keys.add": (acting) => addKeyAsStaff(acting, key()),
  "keys.rotate": async (acting) => rotateKeyAsStaff(acting, await keyMade(), 24),
  "keys.remove": async (acting) => removeKeyAsStaff(acting, await keyMade()),
  "events.add": (acting) => addEndpointAsStaff(acting, endpoint()),
  "events.rotate": async (acting) => rotateEndpointAsStaff(acting, await endpointAdded(), 24),
  "events.pause": actsOnEndpoint("pause"),
  "events.resume": actsOnEndpoint("resume"),
  "events.remove": actsOnEndpoint("remove"),
  "events.test": actsOnEndpoint("test"),
  "events.resend": async (acting) => resendEventAsStaff(acting, await eventTaken()),
  "setup.rehearse": (acting) => {
    const what = { scene: "handset", line: "docomo", system: "iphone" } as const;
    return rehearse(acting, { what, channel: "SMS", number: "+819012345678", consent: true, provider: "", locale: "ja" }, requester);
  },
  "setup.export": (acting) => exportRehearsals(acting, requester),
  "people.invite": (acting) => invitePerson(acting, { email: `${randomUUID()}@example.jp`, role: "support" }),
  "people.withdraw": async (acting) => {
    const [admin, email] = [await staffMember("administrator"), `${randomUUID()}@example.jp`];
    must(await invitePerson(admin, { email, role: "support" }));
    const invite = (await listInvites()).find((one) => one.email === email);
    return withdrawInvitation(acting, invite?.id ?? "");
  },
  "people.grant": async (acting) => grantPerson(acting, { email: (await makeAccount()).email, role: "support" }),
  "people.revoke": async (acting) => revokePerson(acting, (await staffMember("support")).userId, WHY),
};

/** Everybody who may try, with the session that tries. */
const actors: Record<string, () => Promise<Acting>> = {
  "a visitor": async () => ({ sessionId: randomUUID(), userId: randomUUID() }),
  "an account without a role": async () => staffSession(await makeAccount()),
  support: () => staffMember("support"),
  "an administrator": () => staffMember("administrator"),
  "an administrator without a step-up": async () => {
    const admin = await staffMember("administrator");
    await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator whose step-up is over": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE step_ups SET proven_at = app_now() - interval '11 minutes' WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator with the step-up of another class": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE step_ups SET action = 'manage_factors' WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator with the session of another": async () => {
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    return { sessionId: other.sessionId, userId: admin.userId };
  },
  "a suspended administrator": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${admin.userId}::uuid`;
    return admin;
  },
};

/** What the matrix says of an actor: done, or the word of the refusal. */
const expected = (actor: string, act: StaffAct): RegExp => {
  if (actor === "support" || actor === "an administrator")
    return mayDo([actor === "support" ? "support" : "administrator"], act) ? /^done$/ : /^role$/;
  return /step-up|session of another/.test(actor) ? /^step_up_required$/ : /^not_found$/;
};

const said = <T>(done: Result<T, Refused>) => (done.ok ? "done" : (done.error.reason ?? done.error.code));

describe.each(Object.entries(actors))("The matrix and %s", (actor, make) => {
  it("agree in the guard about every act", async () => {
    const acting = await make();
    for (const act of acts) {
      const judged = await transaction((tx) => requireStaff(tx, acting, { act, reason: WHY }));
      expect([act, said(judged)]).toEqual([act, expect.stringMatching(expected(actor, act))]);
    }
  });

  it.each(Object.entries(plays))("agree in the use case of %s", async (act, play) => {
    const acting = await make();
    expect(said(await play(acting))).toMatch(expected(actor, act as StaffAct));
  });
});

describe("An act of staff", () => {
  it("is not open to an account that is restricted", async () => {
    const admin = await staffMember("administrator");
    await steppedUp(admin);
    await sql`UPDATE users SET restricted_until = app_now() + interval '1 hour' WHERE id = ${admin.userId}::uuid`;
    expect(said(await invitePerson(admin, { email: "a@example.jp", role: "support" }))).toBe("account_restricted");
  });
});
