import { describe, expect, it } from "vitest";
import { DatabaseUnavailable } from "#lib/db/pool";
import { saidOf } from "#lib/web/crash-words";
import { crash } from "#lib/words/ja/site";

describe("What a page says of an error", () => {
  it("calls a database that does not answer a busy moment", () => {
    expect(saidOf(new DatabaseUnavailable(), crash)).toEqual({ title: crash.busyTitle, lead: crash.busyLead });
  });

  it("repeats what the front door answered to a form of a script", () => {
    expect(saidOf(new Error("ただいま手続きを受け付けられません\n数秒待ってから、もう一度お試しください。"), crash)).toEqual({
      title: "ただいま手続きを受け付けられません",
      lead: "数秒待ってから、もう一度お試しください。",
    });
  });

  it("calls everything else our fault, with the number of the log line and none of the error's own words", () => {
    const error = Object.assign(new Error("secret\nof the inside"), { digest: "4242" });
    expect(saidOf(error, crash)).toEqual({ title: crash.title, lead: crash.lead, reference: "4242" });
    expect(saidOf(new TypeError("x is undefined"), crash)).toMatchObject({ title: crash.title, lead: crash.lead });
  });
});
