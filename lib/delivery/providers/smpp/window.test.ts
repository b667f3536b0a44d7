import { describe, expect, it } from "vitest";
import { submitOf } from "#lib/delivery/providers/smpp/submit";
import { SubmitWindow } from "#lib/delivery/providers/smpp/window";

const part = { esmClass: 0, dataCoding: 8, message: Buffer.alloc(2) };
const to = (destination: string) =>
  submitOf(part, { sourceTon: 0, sourceNpi: 0, source: "" }, { destinationTon: 1, destinationNpi: 1, destination }, 600, true);
const soon = () => AbortSignal.timeout(2_000);

describe("A window of submits", () => {
  it("sends in the order in which they came, as many at a time as it has places", async () => {
    const sent: string[] = [];
    const window = new SubmitWindow(2, null);
    const all = ["1", "2", "3", "4", "5"].map((one) => window.submit(to(one), soon()));
    let outstanding = 0;
    let most = 0;
    window.start(async ({ destination }) => {
      sent.push(destination);
      outstanding += 1;
      most = Math.max(most, outstanding);
      await new Promise((resolve) => setTimeout(resolve, 10));
      outstanding -= 1;
      return { command: "submit_sm_resp", status: 0, sequence: 1, messageId: destination };
    });
    expect((await Promise.all(all)).map((one) => one.is === "answered" && one.messageId)).toEqual(["1", "2", "3", "4", "5"]);
    expect([sent, most]).toEqual([["1", "2", "3", "4", "5"], 2]);
  });

  it("lets no more than a thousand wait, whatever happens to the gateway", async () => {
    const window = new SubmitWindow(1, null);
    const all = Array.from({ length: 1_001 }, () => window.submit(to("1"), soon()));
    expect(await all[1_000]).toEqual({ is: "unsent", why: "full" });
    window.stop("down");
    expect(await all[0]).toEqual({ is: "unsent", why: "down" });
  });

  it("keeps its places when a submit cannot be written: that is a bug of its caller, who is told", async () => {
    const window = new SubmitWindow(1, null);
    window.start(({ destination }) =>
      destination === "1"
        ? Promise.reject(new RangeError("too long"))
        : Promise.resolve({ command: "submit_sm_resp", status: 0, sequence: 1, messageId: "" }),
    );
    await expect(window.submit(to("1"), soon())).rejects.toThrow(RangeError);
    expect(await window.submit(to("2"), soon())).toMatchObject({ is: "answered" });
    await window.idle();
  });
});
