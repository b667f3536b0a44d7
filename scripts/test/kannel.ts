import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../machine/ports.ts";
import { startProgram } from "./program.ts";

/** A real Kannel (bearerbox and smsbox) bound to an SMPP gateway of this machine. */
export type Kannel = {
  /** Submits a text to its HTTP interface; `coding` 2 is UCS-2, 0 the default alphabet. */
  send(text: { from: string; to: string; text: string; coding: 0 | 2; validMinutes: number }): Promise<Response>;
  stop(): Promise<void>;
};

const configuration = (ports: Record<"admin" | "box" | "send" | "smpp", number>) => `
group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = admin
status-password = status
smsbox-port = ${ports.box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
dlr-storage = internal
sms-resend-retry = 0

group = smsc
smsc = smpp
smsc-id = JP1
host = 127.0.0.1
port = ${ports.smpp}
transceiver-mode = true
smsc-username = app
smsc-password = secret
system-type = ""
interface-version = 34
source-addr-autodetect = true
dest-addr-ton = 1
dest-addr-npi = 1
esm-class = 0
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${ports.box}
sendsms-port = ${ports.send}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = app
password = secret
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
text = ""
`;

/** Starts Kannel as a client of the gateway on a port and waits for the bind. */
export async function startKannel(smpp: number): Promise<Kannel> {
  const ports = { admin: await freePort(), box: await freePort(), send: await freePort(), smpp };
  const folder = mkdtempSync(join(tmpdir(), "sekisho-kannel-"));
  writeFileSync(join(folder, "kannel.conf"), configuration(ports));
  const bearer = startProgram("bearerbox", ["-v", "1", "kannel.conf"], { cwd: folder });
  await bearer.line(/Connected to SMSC|MAIN: Start-up done, entering mainloop/);
  const box = startProgram("smsbox", ["-v", "1", "kannel.conf"], { cwd: folder });
  const online = async () => {
    const status = await fetch(`http://127.0.0.1:${ports.admin}/status.txt?password=status`).then((answer) => answer.text());
    return /JP1.*\(online/.test(status) && /smsbox/.test(status);
  };
  for (const until = Date.now() + 20_000; !(await online().catch(() => false)); await sleep(100))
    if (Date.now() > until) throw new Error(`Kannel does not come up:\n${[...bearer.lines, ...box.lines].slice(-40).join("\n")}`);
  return {
    send: ({ from, to, text, coding, validMinutes }) =>
      fetch(`http://127.0.0.1:${ports.send}/cgi-bin/sendsms`, {
        method: "POST",
        headers: {
          "X-Kannel-Username": "app",
          "X-Kannel-Password": "secret",
          "X-Kannel-From": from,
          "X-Kannel-To": to,
          "X-Kannel-Coding": String(coding),
          "X-Kannel-Charset": "UTF-8",
          "X-Kannel-DLR-Mask": "3",
          "X-Kannel-DLR-Url": "http://127.0.0.1:9/dlr",
          "X-Kannel-Validity": String(validMinutes),
          "content-type": "text/plain; charset=UTF-8",
        },
        body: text,
      }),
    async stop() {
      await box.stop("SIGINT");
      await bearer.stop("SIGINT");
      rmSync(folder, { recursive: true });
    },
  };
}
