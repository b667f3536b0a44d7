import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { subject, TEXT } from "#lib/testing/smpp";
import { freePort } from "../../../../scripts/machine/ports.ts";
import { type Kannel, startKannel } from "../../../../scripts/test/kannel.ts";
import { withPeers } from "../../../../scripts/test/peer.ts";
import { startProgram } from "../../../../scripts/test/program.ts";
import { type Smsc, startSmsc, submitted } from "../../../../scripts/test/smsc.ts";

const SUBMIT = /^SUBMIT/;
/** Returns the fields of a submit without gateway ids and without the reference number of a long text's parts. */
const substance = (line: string) => {
  const { id: _, vp: __, udh = "", ...same } = submitted(line);
  return { ...same, udh: `${udh.slice(0, 6)}${udh.slice(8)}` };
};

/** Normalizes `validity_period`: the product writes relative times, Kannel absolute ones (7.1.1). */
const moment = (written = "") => {
  const [, years, months, days, hours, minutes, seconds, kind] = /^(..)(..)(..)(..)(..)(..)000([R+])$/.exec(written) ?? [];
  const part = (value: string | undefined) => Number(value ?? Number.NaN);
  return kind === "R"
    ? Date.now() + (((part(days) * 24 + part(hours)) * 60 + part(minutes)) * 60 + part(seconds)) * 1000
    : Date.UTC(2000 + part(years), part(months) - 1, part(days), part(hours), part(minutes), part(seconds));
};

// Kannel accepts texts over HTTP and sends them over SMPP, but accepts none over SMPP, so it cannot act as the gateway. Both therefore send the
// same text to one gateway, which must not be able to distinguish them.
withPeers(["net-smpp", "kannel"], "SMPP, as Kannel speaks it", () => {
  let smsc: Smsc;
  let kannel: Kannel;
  beforeAll(async () => {
    smsc = await startSmsc();
    kannel = await startKannel(smsc.port);
  });
  afterAll(async () => {
    await kannel.stop();
    await smsc.stop();
  });

  const cases: [name: string, sender: string, to: string, text: string][] = [
    ["a text with its origin-bound last line", "00051234", "+819012345678", TEXT],
    ["a text of exactly one segment", "00051234", "+819012345678", "漢".repeat(70)],
    ["a text of two parts", "00051234", "+819012345678", "あ".repeat(71)],
    ["a text of three parts", "Example", "+12025550123", "壱弐参肆伍陸漆捌玖拾".repeat(14)],
    ["a sender that is an international number", "+12025550100", "+447400123456", "ＡＢＣ"],
    ["characters outside the basic plane", "00051234", "+819012345678", "𠮷野家 👩‍👩‍👧 コード 012345"],
  ];
  it.each(cases)("%s comes to the gateway as Kannel's would", async (_, sender, to, text) => {
    const before = smsc.lines.length;
    expect((await kannel.send({ from: sender, to, text, coding: 2, validMinutes: 10 })).status).toBe(202);
    const own = await startSmsc();
    const adapter = subject(own.port, { sender });
    expect((await adapter.hand(to, text)).status).toBe("sent");
    await adapter.close?.();
    await own.line(/^CLOSED/);
    const ours = own.lines.filter((line) => SUBMIT.test(line));
    await own.stop();

    expect(ours.length).toBeGreaterThan(0);
    const arrived = () => smsc.lines.slice(before).filter((line) => SUBMIT.test(line));
    await vi.waitFor(() => expect(arrived().length).toBeGreaterThanOrEqual(ours.length), 10_000);
    await sleep(200);
    const theirs = arrived();
    // Kannel requests a receipt only for the first part of a long text, the product for all.
    const wished = (line: string) => ({ ...substance(line), rd: undefined });
    expect(ours.map(wished)).toEqual(theirs.map(wished));
    expect(ours.map((line) => submitted(line).rd)).toEqual(ours.map(() => "1"));
    for (const line of [...ours, ...theirs]) expect(Math.abs(moment(submitted(line).vp) - Date.now() - 600_000)).toBeLessThan(30_000);
  });

  it("writes the GSM 7-bit alphabet as Kannel does, where the gateway is known to use it", async () => {
    const text = "Example sign-in code 012345\n10 min. Tell no one. £$_¡¿ÄÖÑÜäöñüàèéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤§¥\n@auth.example.jp #012345";
    const before = smsc.lines.length;
    await kannel.send({ from: "00051234", to: "+819012345678", text, coding: 0, validMinutes: 10 });
    const theirs = await smsc.line(SUBMIT, before);
    const own = await startSmsc();
    const adapter = subject(own.port, { settings: { gsm7: true } });
    await adapter.hand("+819012345678", text);
    expect(substance(await own.line(SUBMIT))).toEqual(substance(theirs));
    expect(submitted(theirs).dc).toBe("0");
    await adapter.close?.();
    await own.stop();
  });
});

withPeers(["kannel"], "SMPP, to the gateway that Kannel tests itself with", () => {
  let port: number;
  let gateway: ReturnType<typeof startProgram>;
  beforeEach(async () => {
    port = await freePort();
    gateway = startProgram("drive_smpp", ["-v", "0", "-p", String(port), "-m", "1"]);
    await gateway.line(/Starting drive_smpp test/);
  });
  afterEach(() => gateway.stop());

  it("takes an answer without a name for what it is: the text was sent, and no query can name it", async () => {
    const adapter = subject(port, { settings: { bind: "transmitter" } });
    // Kannel prints its start before it listens and serves only one connection, so a probe of the port would use it up.
    const outcome = await vi.waitFor(
      async () => {
        const first = await adapter.hand("+819012345678");
        expect(first).not.toMatchObject({ reason: "provider_down" });
        return first;
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(outcome).toEqual({ status: "sent", ref: null });
    await gateway.line(/Handling SMPP PDU of type submit_sm/);
    await gateway.line(/ESME has submitted all messages to SMSC/);
    await adapter.close?.();
    await gateway.line(/Handling SMPP PDU of type unbind/);
  });
});
