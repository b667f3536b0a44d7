import { describe, expect, it } from "vitest";
import { hintIn, karadenAcceptance, karadenRefusal, stateInDetail, stateInList } from "#lib/delivery/providers/karaden/message";

const id = "82bdf9de-a532-4bf5-86bc-c9a1366e5f4a";
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const message = { object: "message", id, tags: [attemptId], result: "done", status: "done", sent_result: "none" };
const text = (over: object = {}) => JSON.stringify({ ...message, ...over });
const list = (...data: unknown[]) => JSON.stringify({ object: "list", has_more: false, data });
const failed = (reason: string) => ({ status: "failed", reason, permanent: false, ref: id });
const undelivered = (reason: string) => ({ status: "undelivered", reason, permanent: false, ref: id });

describe("KARADEN's words for the state of a text", () => {
  it.each([
    ["processing", "waiting", "none", { status: "sent", ref: id }],
    ["processing", "done", "none", { status: "sent", ref: id }],
    ["done", "done", "none", { status: "sent", ref: id }],
    ["done", "done", "received", { status: "delivered", ref: id }],
    ["processing", "done", "received", { status: "delivered", ref: id }],
    ["done", "done", "unconnected", undelivered("not_reachable")],
    ["processing", "done", "unconnected", { status: "sent", ref: id }],
    ["done", "done", "error", undelivered("unknown")],
    ["processing", "done", "error", { status: "sent", ref: id }],
    ["done", "done", "unknown", { status: "sent", ref: id }],
    ["done", "error", "none", failed("rejected")],
    ["done", "canceled", "none", failed("rejected")],
    // Unknown values, for example of a later API version.
    ["done", "done", "__proto__", { status: "sent", ref: id }],
    ["done", "constructor", "toString", { status: "sent", ref: id }],
    [null, null, null, { status: "sent", ref: id }],
  ])("result %s, status %s, sent_result %s", (result, status, sent_result, outcome) => {
    expect(karadenAcceptance(text({ result, status, sent_result }))).toMatchObject(outcome);
    expect(stateInDetail(text({ result, status, sent_result }), attemptId)).toMatchObject(outcome);
    expect(stateInList(list({ ...message, result, status, sent_result }), attemptId)).toMatchObject(outcome);
  });
});

describe("The answer to a text that was handed over", () => {
  it.each([
    ["an error inside a success", { object: "error", code: "E", message: "…" }, { status: "failed", reason: "rejected", permanent: false }],
    [
      "an error about the number",
      { object: "error", errors: { to: ["x"] } },
      { status: "failed", reason: "invalid_number", permanent: true },
    ],
    ["another object", { object: "bulk_message", id }, { status: "unknown" }],
    ["no object", { id }, { status: "unknown" }],
    ["no id", { object: "message" }, { status: "unknown" }],
    ["an id that is a number", { object: "message", id: 1 }, { status: "unknown" }],
    ["an id that leads elsewhere", { object: "message", id: "../bulks" }, { status: "unknown" }],
    ["an id no database can hold", { object: "message", id: "a\u0000" }, { status: "unknown" }],
  ])("with %s", (_, body, outcome) => expect(karadenAcceptance(JSON.stringify(body))).toEqual(outcome));

  it("is read from its own members alone", () => {
    expect(karadenAcceptance(`{"__proto__":${text()}}`)).toEqual({ status: "unknown" });
    expect(karadenAcceptance("{")).toEqual({ status: "unknown" });
    expect(karadenAcceptance("")).toEqual({ status: "unknown" });
  });
});

describe("A refusal", () => {
  const permanent = { status: "failed", reason: "invalid_number", permanent: true };
  const other = { status: "failed", reason: "rejected", permanent: false };
  it.each([
    [{ object: "error", code: "400", errors: { to: ["携帯電話番号を入力してください。"] } }, permanent],
    [{ object: "error", code: "400", errors: { body: ["x"], to: [] } }, permanent],
    [{ object: "error", code: "400", errors: { body: ["to"] } }, other],
    [{ object: "error", code: "400", errors: { service_id: ["x"] } }, other],
    [{ object: "error", code: "400", errors: ["to"] }, other],
    [{ object: "error", code: "400", errors: null }, other],
    [{ object: "error", code: "400" }, other],
    [{ errors: { to: ["x"] } }, other],
  ])("%j", (body, outcome) => expect(karadenRefusal(JSON.stringify(body))).toEqual(outcome));

  it("is no verdict on the number because of what a prototype or a page says", () => {
    expect(karadenRefusal('{"object":"error","errors":{"__proto__":{"to":["x"]}}}')).toEqual(other);
    expect(karadenRefusal("<html>to</html>")).toEqual(other);
  });
});

describe("Asking what became of an attempt", () => {
  it("believes no message that lacks the tag of the attempt", () => {
    for (const tags of [[], null, ["other"], [attemptId.toUpperCase()], [`${attemptId}x`]])
      expect(stateInDetail(text({ tags, sent_result: "received" }), attemptId)).toEqual({ status: "unknown" });
  });

  it("says absent for a whole list that is empty, and for nothing else", () => {
    expect(stateInList(list(), attemptId)).toEqual({ status: "absent" });
    for (const body of ['{"object":"list","has_more":true,"data":[]}', '{"object":"list"}', '{"data":[]}', "[]", "", "<html>"])
      expect(stateInList(body, attemptId), body).toEqual({ status: "unknown" });
    // A list that ignores the requested tag proves nothing.
    expect(stateInList(list({ ...message, tags: ["other"] }), attemptId)).toEqual({ status: "unknown" });
    expect(stateInList(list(null, "x", 1), attemptId)).toEqual({ status: "unknown" });
  });

  it("takes the best of several messages with the tag", () => {
    const gone = { ...message, sent_result: "error" };
    expect(stateInList(list(gone, { ...message, sent_result: "received" }, null), attemptId)).toMatchObject({
      status: "delivered",
      ref: id,
    });
    expect(stateInList(list(gone, message), attemptId)).toMatchObject({ status: "sent", ref: id });
  });
});

describe("A callback", () => {
  it("names a message and its attempt, whatever it claims of their state", () => {
    for (const sent_result of ["received", "error", "none"])
      expect(hintIn(text({ project_id: 1, sent_result, carrier: "docomo" }))).toEqual({ hints: [{ ref: id, attemptId }] });
  });

  it("names the message alone where no tag is an attempt of ours", () => {
    for (const tags of [null, [], ["campaign"]]) expect(hintIn(text({ tags }))).toEqual({ hints: [{ ref: id }] });
    expect(hintIn(text({ tags: ["campaign", attemptId] }))).toEqual({ hints: [{ ref: id, attemptId }] });
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    `[${text()}]`,
    text({ object: "error" }),
    text({ id: null }),
    text({ id: "a/b" }),
    text({ tags: "x" }),
    text({ tags: [1] }),
    `{"__proto__":${text()}}`,
    text().slice(0, -1),
  ])("%j is malformed", (body) => expect(hintIn(body)).toBe("malformed"));
});
