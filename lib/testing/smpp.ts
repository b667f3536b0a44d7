import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import type { Delivery, HandOver, LostReason, Provider, ProviderAccount, Receipt } from "#lib/delivery/provider";
import { framing } from "#lib/delivery/providers/smpp/frames";
import { decode, encode, type Foreign, type Pdu } from "#lib/delivery/providers/smpp/pdu";
import { smpp } from "#lib/delivery/providers/smpp/smpp";

/** Shared by the tests of the SMPP adapter: an account, a text, and a scripted gateway. */

export const ATTEMPT = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
export const TEXT = "【例】認証コード 012345（ログイン）\n10分有効。誰にも教えないでください\n@auth.example.jp #012345";

/** A text to a number. */
export const textTo = (to: string, text = TEXT): Delivery => ({
  channel: "SMS",
  to,
  text,
  code: "012345",
  attemptId: ATTEMPT,
  locale: "ja",
  validSeconds: 600,
});

export type TestedAdapter = Provider & {
  reported: Receipt[];
  lost: LostReason[];
  hand(to: string, text?: string, patience?: number): Promise<HandOver>;
};

/** A receipt with the first of its possible ids, for the tests of sessions and gateways. */
function plain({ names, to: _, ...receipt }: Receipt): Receipt {
  const ref = names?.[0]?.[0]?.name;
  return { ...(ref !== undefined && { ref }), ...receipt };
}

/** Creates an adapter of an account for a local port, with its reported and lost receipts. */
export function subject(
  port: number,
  over: Partial<ProviderAccount> = {},
  known: (receipt: Receipt) => boolean = () => true,
): TestedAdapter {
  const reported: Receipt[] = [];
  const lost: LostReason[] = [];
  const account: ProviderAccount = {
    id: "p1",
    name: "domestic",
    kind: "smpp",
    baseUrl: `smpp://127.0.0.1:${port}`,
    sender: "0005 1234",
    secrets: { password: "secret" },
    ...over,
    settings: { systemId: "app", ...over.settings },
  };
  const provider = smpp.create(account, {
    receiptUrl: () => "",
    voiceUrl: () => "",
    report(receipt) {
      reported.push(plain(receipt));
      return Promise.resolve(known(plain(receipt)) ? "recorded" : "unmatched");
    },
    lost: (reason) => void lost.push(reason),
  });
  return {
    ...provider,
    reported,
    lost,
    hand: (to, text, patience = 5_000) => provider.send(textTo(to, text), AbortSignal.timeout(patience)),
  };
}

export type Caller = { socket: Socket; write(...pdus: Pdu[]): void };
export type GatewayBehaviour = (pdu: Pdu | Foreign, caller: Caller) => void;

/** Binds, keeps alive, and takes every text under a number of its own. */
export const willing: GatewayBehaviour = (pdu, { write }) => {
  const { sequence } = pdu;
  if (pdu.command === "bind_transceiver") write({ command: "bind_transceiver_resp", status: 0, sequence, systemId: "gateway" });
  if (pdu.command === "submit_sm") write({ command: "submit_sm_resp", status: 0, sequence, messageId: `m-${sequence}` });
  if (pdu.command === "enquire_link") write({ command: "enquire_link_resp", status: 0, sequence });
  if (pdu.command === "unbind") write({ command: "unbind_resp", status: 0, sequence });
};

export type Gateway = {
  port: number;
  arrived: (Pdu | Foreign)[];
  callers: Caller[];
  behave(next: GatewayBehaviour): void;
  close(): Promise<void>;
};

/** A gateway on 127.0.0.1 that records what arrived and follows its script; `close` cuts every connection. */
export async function gateway(behaviour: GatewayBehaviour = willing): Promise<Gateway> {
  let current = behaviour;
  const arrived: (Pdu | Foreign)[] = [];
  const callers: Caller[] = [];
  const server = createServer((socket) => {
    const frames = framing();
    const caller: Caller = { socket, write: (...pdus) => void socket.write(Buffer.concat(pdus.map(encode))) };
    callers.push(caller);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const frame of frames(chunk) ?? []) {
        const pdu = decode(frame);
        arrived.push(pdu);
        current(pdu, caller);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    callers,
    behave: (next) => {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { socket } of callers) socket.destroy();
      }),
  };
}
