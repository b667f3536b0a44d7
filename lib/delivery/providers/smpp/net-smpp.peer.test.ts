import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Receipt } from "#lib/delivery/provider";
import { ATTEMPT, subject, TEXT, type TestedAdapter } from "#lib/testing/smpp";
import { withPeers } from "../../../../scripts/test/peer.ts";
import { type Smsc, startSmsc, submitted } from "../../../../scripts/test/smsc.ts";

withPeers(["net-smpp"], "SMPP, to a gateway whose codec is Debian's Net::SMPP", () => {
  let smsc: Smsc;
  let adapter: TestedAdapter;
  beforeEach(async () => {
    smsc = await startSmsc();
    adapter = subject(smsc.port);
  });
  afterEach(async () => {
    await adapter.close?.();
    await smsc.stop();
  });

  it("binds as a transceiver of version 3.4 and unbinds when it is done", async () => {
    await adapter.hand("+819012345678");
    await smsc.line(/^BIND bind_transceiver_resp system_id=app type= ok=1 iv=52$/);
    await adapter.close?.();
    await smsc.line(/^UNBIND$/);
    await smsc.line(/^CLOSED$/);
  });

  it("hands a text over byte by byte, from our sender, with its validity and the wish for a receipt", async () => {
    expect(await adapter.hand("+819012345678")).toEqual({ status: "sent", ref: "1" });
    const said = submitted(await smsc.line(/^SUBMIT/));
    expect(said).toMatchObject({ src: "2/1:00051234", dst: "1/1:819012345678", dc: "8", esm: "0x00", rd: "1", vp: "000000001000000R" });
    expect(said.udh).toBe("");
    expect(said.text).toBe(TEXT);
    expect(said.octets).toBe(Buffer.from(TEXT, "utf16le").swap16().toString("hex"));
  });

  it("reports a receipt under the name that the gateway gave, and answers it", async () => {
    await adapter.hand("+819012345678");
    await smsc.line(/^DELIVER_RESP status=0$/);
    await vi.waitFor(() => expect(adapter.reported).toEqual([{ ref: "1", status: "delivered" }]));
  });

  it("reads one behind a header, in two bases, with commas and a NUL, as the one text that both ids name", async () => {
    for (const number of ["78", "78", "78", "78", "78", "78", "78", "78", "78"]) await adapter.hand(`+8190123456${number}`);
    expect(await adapter.hand("+819012345696")).toEqual({ status: "sent", ref: "a" });
    await vi.waitFor(() => expect(adapter.reported.at(-1)).toEqual({ ref: "a", status: "delivered" }));
    expect(adapter.lost).toEqual([]);
  });

  it("translates the carrier's reason in a receipt", async () => {
    await adapter.hand("+819012345600");
    await vi.waitFor(() =>
      expect(adapter.reported).toEqual([{ ref: "1", status: "undelivered", reason: "no_sms_service", code: expect.any(String) }]),
    );
  });

  it("brings a receipt that is faster than the answer again, until its text is known", async () => {
    let stored = false;
    const hurried = subject(smsc.port, {}, () => stored);
    expect(await hurried.hand("+819012345698")).toEqual({ status: "sent", ref: "1" });
    expect(hurried.reported).toHaveLength(1);
    stored = true;
    await vi.waitFor(() => expect(hurried.reported).toHaveLength(2), 3_000);
    expect(hurried.reported[1]).toEqual({ ref: "1", status: "delivered" });
    await hurried.close?.();
  });

  it("sends a long text in parts that the phone joins, and reports it once, when all of it arrived", async () => {
    const long = "漢".repeat(66) + "😀".repeat(40);
    // As in the product, an attempt is found by the id from its hand-over, and only after that.
    const stored: unknown[] = [];
    const taken: Receipt[] = [];
    const known = subject(smsc.port, {}, (receipt) => stored.includes(receipt.ref) && taken.push(receipt) > 0);
    stored.push(await known.hand("+819012345678", long).then((outcome) => "ref" in outcome && outcome.ref));
    expect(stored).toEqual(["1"]);
    await smsc.line(/^SUBMIT id=00000003/);
    const parts = smsc.lines.filter((line) => line.startsWith("SUBMIT")).map(submitted);
    const reference = parts[0]?.udh?.slice(6, 8);
    expect(parts.map((part) => part.udh)).toEqual([1, 2, 3].map((part) => `050003${reference}030${part}`));
    expect(parts.every((part) => part.esm === "0x40")).toBe(true);
    expect(parts.map((part) => part.text).join("")).toBe(long);
    // The first part ends before the first emoji, whose surrogate pair would be split.
    expect(parts[0]?.text).toBe("漢".repeat(66));
    await sleep(2_500);
    expect(taken).toEqual([{ ref: "1", status: "delivered" }]);
    await known.close?.();
  });

  it("is told by a wrong password that nothing else will help", async () => {
    const stranger = subject(smsc.port, { secrets: { password: "wrong" } });
    const refused = { status: "failed", reason: "rejected", permanent: false, backOff: "now" };
    expect(await stranger.hand("+819012345678")).toEqual(refused);
    // The next text does not bind again at once: gateways lock accounts that retry too fast.
    expect(await stranger.hand("+819012345678")).toEqual(refused);
    await stranger.close?.();
    await smsc.line(/^CLOSED$/);
    expect(smsc.lines.slice(1).filter((line) => /^[A-Z]+ /.test(line))).toEqual([
      "BIND bind_transceiver_resp system_id=app type= ok=0 iv=52",
    ]);
  });

  it("rests for a second when the gateway has too much to do, and knows a number that is none", async () => {
    expect(await adapter.hand("+819012345699")).toEqual({ status: "failed", reason: "throttled", permanent: false, backOff: 1 });
    expect(await adapter.hand("+819012345697")).toEqual({ status: "failed", reason: "invalid_number", permanent: true });
  });

  it("fails a text at once while the gateway is away, and works again when it is back", async () => {
    await adapter.hand("+819012345678");
    await smsc.stop();
    const began = performance.now();
    expect(await adapter.hand("+819012345678")).toEqual({ status: "failed", reason: "provider_down", permanent: false });
    expect(performance.now() - began).toBeLessThan(1_000);
    smsc = await startSmsc(smsc.port);
    // The session binds again on its own: receipts of earlier texts may arrive before the next text.
    await smsc.line(/^BIND .*ok=1/);
    expect(await adapter.hand("+819012345678")).toEqual({ status: "sent", ref: "1" });
  });

  it("binds before the first text where it is asked to, so that receipts of an earlier run arrive", async () => {
    adapter.open?.();
    await smsc.line(/^BIND .*ok=1/);
  });

  it("sends as a transmitter where there are no transceivers, and asks for no receipt that could not come", async () => {
    const transmitter = subject(smsc.port, { settings: { bind: "transmitter", systemType: "VMA" }, sender: "Example" });
    expect(await transmitter.hand("+819012345678")).toEqual({ status: "sent", ref: "1" });
    await smsc.line(/^BIND bind_transmitter_resp system_id=app type=VMA ok=1 iv=52$/);
    expect(submitted(await smsc.line(/^SUBMIT/))).toMatchObject({ src: "5/0:Example", rd: "0" });
    await transmitter.close?.();
  });

  it("says nothing of a text that was never written when its time is over", async () => {
    expect(
      await subject(smsc.port).send(
        { channel: "SMS", to: "+819012345678", text: TEXT, code: "012345", attemptId: ATTEMPT, locale: "ja", validSeconds: 600 },
        AbortSignal.abort(),
      ),
    ).toEqual({ status: "failed", reason: "provider_down", permanent: false });
  });
});
