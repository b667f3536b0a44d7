import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Delivery } from "#lib/delivery/provider";
import { webhookSignature } from "#lib/delivery/providers/webhook/signature";
import { webhook } from "#lib/delivery/providers/webhook/webhook";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";
import { withPeers } from "../../../../scripts/test/peer.ts";

const secret = randomBytes(32).toString("hex");
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const delivery: Delivery = {
  channel: "SMS",
  to: "+819012345678",
  text: "【例】コード 012345 😀\n@auth.example.jp #012345",
  code: "012345",
  attemptId,
  locale: "ja",
  validSeconds: 600,
};

/** The shell functions of docs/webhook.md: signing, verification of a request, sending of a receipt. */
const shell = [...readFileSync("docs/webhook.md", "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");

withPeers(["openssl"], "What docs/webhook.md tells a gateway's author to type works, in both directions", () => {
  const [sign = "", verify = "", report = ""] = shell;
  const folder = mkdtempSync(join(tmpdir(), "webhook-"));
  let gateway: Loopback;
  beforeAll(async () => {
    gateway = await loopback(answers(202, { id: "m-1" }));
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const provider = (receiptUrl = "") =>
    webhook.create(
      { id: "p1", name: "gateway", kind: "webhook", baseUrl: gateway.url, sender: null, settings: {}, secrets: { secret } },
      { receiptUrl: () => receiptUrl, voiceUrl: () => "", report: () => Promise.resolve("unmatched" as const), lost: () => undefined },
    );
  const run = async (script: string, variables: Record<string, string>) => {
    const env = { ...process.env, NO_PROXY: "127.0.0.1", SEKISHO_SECRET: secret, ...variables };
    return (await promisify(execFile)("sh", ["-euc", script], { cwd: folder, env, timeout: 20_000 })).stdout;
  };

  it("openssl computes our signature over any body (50 random bodies and secrets)", () => {
    expect(shell).toHaveLength(3);
    const secrets = fc.stringMatching(/^[\x21-\x7e]{32,80}$/);
    fc.assert(
      fc.property(secrets, fc.nat(4_000_000_000).map(String), fc.string({ unit: "binary" }), (key, timestamp, body) => {
        const input = Buffer.from(`${timestamp}.${body}`);
        const digest = execFileSync("openssl", ["dgst", "-sha256", "-hmac", key, "-binary"], { input });
        expect(webhookSignature(key, timestamp, body)).toBe(`v1=${digest.toString("hex")}`);
      }),
      { numRuns: 50 },
    );
  });

  it("the documented check finds our request genuine, and forged once a byte, the time or the secret is another", async () => {
    await provider().send(delivery, AbortSignal.timeout(5000));
    const { headers, body } = gateway.arrived.at(-1) as Arrived;
    const judged = (over: Record<string, string> = {}) => {
      const timestamp = String(headers["sekisho-timestamp"]);
      return run(sign + verify, { timestamp, signature: String(headers["sekisho-signature"]), ...over });
    };
    writeFileSync(join(folder, "body.json"), body);
    expect(await judged()).toBe("genuine\n");
    expect(await judged({ timestamp: "1795500000" })).toBe("forged\n");
    expect(await judged({ SEKISHO_SECRET: `${secret}0` })).toBe("forged\n");
    writeFileSync(join(folder, "body.json"), Buffer.concat([body, Buffer.from("\n")]));
    expect(await judged()).toBe("forged\n");
  });

  it("the documented receipt is taken for a fact, and forbidden with another secret", async () => {
    const receipts = await loopback();
    const judge = ({ method, path, headers, body }: Arrived) =>
      provider().receipt?.({
        method,
        url: receipts.url + path,
        query: new URLSearchParams(),
        headers: new Headers(headers as Record<string, string>),
        body: body.toString(),
      });
    const variables = { receipt_url: `${receipts.url}/api/receipts/p1`, attempt_id: attemptId };
    await run(sign + report, variables);
    await run(sign + report, { ...variables, SEKISHO_SECRET: `${secret}0` });
    expect(receipts.arrived.map(judge)).toEqual([{ receipts: [{ attemptId, status: "delivered" }] }, "forbidden"]);
    await receipts.close();
  });
});
