import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Assertion, Attestation } from "#lib/authenticators/passkeys/response";

/** An authenticator in software (ES256), whose every field a test can get wrong; used by *.db.test.ts alone. */

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();

/** The length of a CBOR byte string or text, with its major type. */
const head = (major: number, length: number) =>
  length < 24
    ? Buffer.from([major + length])
    : length < 256
      ? Buffer.from([major + 24, length])
      : Buffer.from([major + 25, length >> 8, length & 255]);
const bytes = (value: Uint8Array) => Buffer.concat([head(0x40, value.length), value]);
const text = (value: string) => Buffer.concat([head(0x60, Buffer.byteLength(value)), Buffer.from(value)]);

const FLAGS = { up: 1, uv: 4, be: 8, bs: 16, at: 64 };
type Flags = { up: boolean; uv: boolean; be: boolean; bs: boolean };

/** The parts of an answer; each has a correct default. */
export type Said = Partial<Flags> & {
  origin?: string;
  rpId?: string;
  type?: string;
  crossOrigin?: boolean;
  count?: number;
  userHandle?: string | null;
  id?: string;
  /** Changes the signature, as DER. */
  signature?: (der: Buffer) => Buffer;
};

export type SoftwarePasskey = ReturnType<typeof softwarePasskey>;

/** A passkey with a key of its own; `backup` says that it is one that is copied between devices. */
export function softwarePasskey({ origin, rpId, backup = true }: { origin: string; rpId: string; backup?: boolean }) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = randomBytes(32);
  let owner: string | null = null;
  const made = { count: 0 };
  const clientData = (type: string, challenge: string, said: Said) =>
    Buffer.from(
      JSON.stringify({ type: said.type ?? type, challenge, origin: said.origin ?? origin, crossOrigin: said.crossOrigin ?? false }),
    );
  const authData = (said: Said, tail: Uint8Array = Buffer.alloc(0)) => {
    const flags = { up: true, uv: true, be: backup, bs: backup, ...said };
    const bits = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).reduce(
      (sum, flag) => sum + ((flag === "at" ? tail.length > 0 : flags[flag]) ? FLAGS[flag] : 0),
      0,
    );
    const count = Buffer.alloc(4);
    count.writeUInt32BE(said.count ?? made.count);
    return Buffer.concat([sha256(said.rpId ?? rpId), Buffer.from([bits]), count, tail]);
  };
  return {
    id: b64(id),
    made,
    /** Answers the options of a new passkey. */
    create(options: { challenge: string; user: { id: string } }, said: Said & { alg?: number } = {}): Attestation {
      owner = options.user.id;
      const alg =
        said.alg === undefined
          ? Buffer.from([0x26])
          : Buffer.concat([Buffer.from([0x39]), Buffer.from([(-1 - said.alg) >> 8, (-1 - said.alg) & 255])]);
      const key = Buffer.concat([
        ...[Buffer.from([0xa5, 0x01, 0x02, 0x03]), alg, Buffer.from([0x20, 0x01, 0x21])],
        ...[bytes(Buffer.from(x, "base64url")), Buffer.from([0x22]), bytes(Buffer.from(y, "base64url"))],
      ]);
      const length = Buffer.from([0, id.length]);
      const data = authData(said, Buffer.concat([Buffer.alloc(16), length, id, key]));
      const object = Buffer.concat([
        Buffer.from([0xa3]),
        text("fmt"),
        text("none"),
        text("attStmt"),
        Buffer.from([0xa0]),
        text("authData"),
        bytes(data),
      ]);
      return {
        ...{ id: b64(id), rawId: b64(id), type: "public-key" },
        response: {
          clientDataJSON: b64(clientData("webauthn.create", options.challenge, said)),
          attestationObject: b64(object),
          transports: ["internal", "hybrid"],
        },
        clientExtensionResults: { credProps: { rk: true } },
      };
    },
    /** Answers the options of a sign-in. */
    get(options: { challenge: string }, said: Said = {}): Assertion {
      const data = authData(said);
      const client = clientData("webauthn.get", options.challenge, said);
      const der = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
      const named = said.id ?? b64(id);
      return {
        ...{ id: named, rawId: named, type: "public-key" },
        response: {
          clientDataJSON: b64(client),
          authenticatorData: b64(data),
          signature: b64(said.signature?.(der) ?? der),
          userHandle: said.userHandle === undefined ? owner : said.userHandle,
        },
      };
    },
  };
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same signature with the order of the curve added to `s`: equal modulo the order, and not canonical. */
export function withOrderAdded(der: Buffer): Buffer {
  const r = der.subarray(2, 4 + (der[3] ?? 0));
  const s = BigInt(`0x${der.subarray(r.length + 4).toString("hex")}`) + ORDER;
  const hex = s.toString(16);
  const raw = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const value = (raw[0] ?? 0) & 128 ? Buffer.concat([Buffer.from([0]), raw]) : raw;
  const body = Buffer.concat([r, Buffer.from([2, value.length]), value]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
