import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { allowedInside, ledInside } from "#lib/delivery/provider-accounts/private-address";
import { PrivateAddress } from "#lib/delivery/providers/network-failure";
import { framing } from "#lib/delivery/providers/smpp/frames";
import { decode, encode, type Foreign, isResponse, type Pdu, type PduBody, type PduCommand } from "#lib/delivery/providers/smpp/pdu";
import { fail, ok, type Result } from "#lib/result";

/** One connection to a gateway: frames in and out, and the answer or time-out of each request. It knows nothing of texts. */

/** The gateway's address; `tls` null means plain, for loopback only. */
export type Address = { host: string; port: number; tls: { serverName?: string; ca?: string } | null };

/** The result of a request: its answer, a refusal of the frame itself (generic_nack), a time-out, or a lost connection. */
export type SmppAnswer = Pdu | Foreign | "silent" | "lost";

export type Connection = {
  /** Sends a request; resolves with its answer, `silent` after `patience` milliseconds, or `lost` with the connection. Never rejects. */
  request(body: PduBody<PduCommand>, patience: number): Promise<SmppAnswer>;
  /** Answers a request from the gateway. */
  respond(body: PduBody<PduCommand>, to: { sequence: number }, status?: number): void;
  /** Closes the connection once written data has left; pending requests are `lost` at once. */
  drop(reason: string): void;
};

type Listener = { request(pdu: Pdu | Foreign, connection: Connection): void; lost(reason: string): void };

/** Maximum unsent octets before a gateway that does not read counts as gone; a request takes a few dozen. */
const UNREAD = 1_048_576;
/** Milliseconds to flush the last octets. */
const FAREWELL = 1_000;
const LAST_SEQUENCE = 0x7fffffff;

/** Connects within `patience` milliseconds; a failure is the error code of the system or the certificate. */
export function connect(address: Address, patience: number, on: Listener): Promise<Result<Connection, string>> {
  const { host, port, tls } = address;
  return new Promise((resolve) => {
    const name = tls?.serverName ?? (isIP(host) ? undefined : host);
    const socket = tls
      ? connectTls({ host, port, minVersion: "TLSv1.2", ...(name && { servername: name }), ...(tls.ca && { ca: tls.ca }) })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    let reason = "closed";
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" })), patience);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.name;
    });
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(fail(reason));
    });
    // A name that led outside when it was entered may lead inside now; nothing is written there.
    socket.once("connect", () => {
      if (ledInside(host, socket.remoteAddress ?? "", allowedInside())) socket.destroy(new PrivateAddress());
    });
    socket.once(tls ? "secureConnect" : "connect", () => {
      if (socket.destroyed) return;
      clearTimeout(timer);
      resolve(ok(converse(socket, on)));
    });
  });
}

type Socket = ReturnType<typeof connectTcp>;
type Pending = { settle(answer: SmppAnswer): void; timer: NodeJS.Timeout };

function converse(socket: Socket, on: Listener): Connection {
  const pending = new Map<number, Pending>();
  const frames = framing();
  let sequence = 0;
  let dead = false;

  function drop(reason: string) {
    if (dead) return;
    dead = true;
    socket.destroySoon();
    setTimeout(() => socket.destroy(), FAREWELL).unref();
    for (const number of [...pending.keys()]) settle(number, "lost");
    on.lost(reason);
  }
  function settle(number: number, answer: SmppAnswer) {
    const one = pending.get(number);
    if (!one) return;
    pending.delete(number);
    clearTimeout(one.timer);
    one.settle(answer);
  }
  function write(octets: Buffer) {
    if (dead) return;
    socket.write(octets);
    if (socket.writableLength > UNREAD) drop("unread");
  }
  function receive(chunk: Buffer) {
    for (const frame of dead ? [] : (frames(chunk) ?? [null])) {
      if (dead) return;
      if (!frame) return drop("garbled");
      const pdu = decode(frame);
      if (isResponse(pdu)) settle(pdu.sequence, pdu);
      else on.request(pdu, self);
    }
  }

  let reason = "closed";
  socket.on("data", receive);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.name;
  });
  socket.on("end", () => drop("closed"));
  socket.on("close", () => drop(reason));

  const self: Connection = {
    request: (body, patience) =>
      new Promise((resolve) => {
        if (dead) return resolve("lost");
        sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1;
        const number = sequence;
        const octets = encode({ ...body, status: 0, sequence: number } as Pdu);
        pending.set(number, { settle: resolve, timer: setTimeout(() => settle(number, "silent"), patience) });
        write(octets);
      }),
    respond: (body, { sequence: to }, status = 0) => write(encode({ ...body, status, sequence: to } as Pdu)),
    drop,
  };
  return self;
}
