import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subject, TEXT } from "#lib/testing/smpp";
import { withPeers } from "../../../../scripts/test/peer.ts";
import { startProgram } from "../../../../scripts/test/program.ts";
import { startSmsc } from "../../../../scripts/test/smsc.ts";

const tshark = (args: readonly string[]) => execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** Returns true if this user has the right to capture packets. */
function mayCapture(): boolean {
  try {
    tshark(["-i", "lo", "-a", "duration:1"]);
    return true;
  } catch {
    return false;
  }
}

withPeers(["net-smpp", "tshark"], "SMPP, as Wireshark reads it off the wire", () => {
  const may = mayCapture();
  describe.skipIf(!may)(may ? "on loopback" : "[tshark may not capture on loopback here]", () => {
    const folder = mkdtempSync(join(tmpdir(), "sekisho-smpp-"));
    const file = join(folder, "wire.pcap");
    let port = 0;
    beforeAll(async () => {
      const smsc = await startSmsc();
      port = smsc.port;
      const capture = startProgram("tshark", ["-i", "lo", "-f", `tcp port ${port}`, "-l", "-P", "-w", file]);
      await capture.line(/Capturing on/);
      // It prints its start before it captures, so the test connects until a packet is seen.
      for (; !capture.lines.some((line) => / TCP /.test(line)); await sleep(100)) connect(port, "127.0.0.1").end();
      const adapter = subject(port);
      await adapter.hand("+819012345678");
      await adapter.hand("+819012345678", "漢".repeat(71));
      await sleep(200);
      await adapter.close?.();
      await capture.line(/Unbind - resp/);
      await capture.stop("SIGINT");
      await smsc.stop();
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const read = (filter: string, ...more: string[]) => tshark(["-r", file, "-d", `tcp.port==${port},smpp`, "-Y", filter, ...more]);
    const submits = () =>
      read("smpp.command_id == 4", "-V")
        .split(/(?=Short Message Peer to Peer)/)
        .slice(1);

    it("finds nothing malformed in either direction", () => {
      expect(read("smpp").split("\n").length).toBeGreaterThan(10);
      expect(read("_ws.malformed || _ws.expert.severity >= 0x600000")).toBe("");
    });

    it("reads a text in UCS-2, with its last line, valid for ten minutes, with a receipt", () => {
      const [text = ""] = submits();
      for (const line of [
        "Type of number (recipient): International (0x01)",
        "Numbering plan indicator (recipient): ISDN (E163/E164) (0x01)",
        "Recipient address: 819012345678",
        "Originator address: 00051234",
        "Validity period: 600.000000000 seconds",
        "Delivery receipt: Delivery receipt requested (for success or failure) (0x1)",
        "Data coding: UCS2 (ISO/IEC-10646) (0x08)",
        `Message: ${TEXT.replaceAll("\n", "\\n")}`,
      ])
        expect(text).toContain(line);
    });

    it("joins the parts of a long text to what it was", () => {
      const [, first = "", second = ""] = submits();
      expect(first).toContain("Message parts: 2");
      expect(first).toContain("GSM features: UDHI indicator (0x1)");
      expect(second).toContain("[Short Message fragment count: 2]");
      expect(second).toContain(`[Reassembled Short Message length: ${71 * 2}]`);
    });

    it("sees a bind of version 3.4, and an answer to every receipt", () => {
      expect(read("smpp.command_id == 9", "-V")).toContain("Version (if): 3.4");
      const answers = read("smpp.command_id == 0x80000005", "-T", "fields", "-e", "smpp.command_status", "-e", "smpp.command_id");
      expect(answers.match(/0x80000005/g)).toHaveLength(3);
    });
  });
});
