import { createCipheriv, createHash, pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { hashRaw } from "@node-rs/argon2";
import { hash as bcryptHash } from "@node-rs/bcrypt";

/** Password hashes of other systems: verified once at the first sign-in of a member who came along, and replaced by ours then. */

const derive = promisify(pbkdf2);
const stretch = promisify(scrypt) as (password: string, salt: Buffer, length: number, options: object) => Promise<Buffer>;

/** A foreign hash taken apart: how it is made again, without its outcome, and the outcome. */
export type Foreign = { scheme: string; digest: Buffer; weak: boolean };

/** How one system stores passwords; `read` is null for what is another's or has parameters that no sign-in should cost. */
type System = { name: string; read(text: string, most: Most): Foreign | null; make(parts: string[], password: string): Promise<Buffer> };

const BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PHPASS_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The most that one verification may cost: logarithms (bcrypt, scrypt, phpass), rounds (PBKDF2, argon2) and KiB. */
const MOST = { bcrypt: 14, pbkdf2: 2_000_000, argonMemory: 262_144, argonTime: 10, scrypt: 17, phpass: 18 };
type Most = typeof MOST;
const ANY: Most = { bcrypt: 99, pbkdf2: Infinity, argonMemory: Infinity, argonTime: Infinity, scrypt: 99, phpass: 99 };

const ofBcrypt = (text: string): Buffer => Buffer.from([...text].map((one) => BASE64[BCRYPT_ALPHABET.indexOf(one)]).join(""), "base64");

const bcrypt: System = {
  name: "bcrypt",
  read(text, most) {
    const [, cost = "", salt = "", outcome = ""] = /^\$2[abxy]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(text) ?? [];
    if (!outcome || Number(cost) < 4 || Number(cost) > most.bcrypt) return null;
    return { scheme: `bcrypt~${cost}~${salt}`, digest: Buffer.from(outcome), weak: Number(cost) < 10 };
  },
  async make([cost = "", salt = ""], password) {
    const made = await bcryptHash(password, Number(cost), ofBcrypt(salt).subarray(0, 16));
    return Buffer.from(made.slice(-31));
  },
};

/** The portable hashes of PHP (phpass), as WordPress and phpBB keep them: MD5 many times. */
const phpass: System = {
  name: "phpass",
  read(text, most) {
    const [, count = "", salt = "", outcome = ""] = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/.exec(text) ?? [];
    const log = PHPASS_ALPHABET.indexOf(count);
    if (!outcome || log < 7 || log > most.phpass) return null;
    return { scheme: `phpass~${log}~${salt}`, digest: Buffer.from(outcome), weak: true };
  },
  async make([log = "", salt = ""], password) {
    const typed = Buffer.from(password);
    let state = createHash("md5").update(salt).update(typed).digest();
    for (let left = 2 ** Number(log); left > 0; left--) state = createHash("md5").update(state).update(typed).digest();
    return Buffer.from(inPhpass(state));
  },
};

/** Three bytes in four characters, the lowest six bits first. */
function inPhpass(bytes: Buffer): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const several = bytes.subarray(index, index + 3);
    let value = several.reduce((sum, byte, at) => sum | (byte << (8 * at)), 0);
    for (let character = 0; character <= several.length; character++) {
      text += PHPASS_ALPHABET[value & 63];
      value >>>= 6;
    }
  }
  return text;
}

const ALGORITHMS = ["argon2d", "argon2i", "argon2id"];

const argon2: System = {
  name: "argon2",
  read(text, most) {
    const [, kind = "", memory = "", time = "", lanes = "", salt = "", outcome = ""] =
      /^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/.exec(text) ?? [];
    if (!outcome || Number(memory) > most.argonMemory || Number(time) > most.argonTime || Number(lanes) > 16) return null;
    const digest = Buffer.from(outcome, "base64");
    const weak = Number(memory) < 12_288;
    return { scheme: ["argon2", ALGORITHMS.indexOf(kind), memory, time, lanes, salt, digest.length].join("~"), digest, weak };
  },
  make: ([algorithm = "", memory = "", time = "", lanes = "", salt = "", length = ""], password) =>
    hashRaw(password, {
      algorithm: Number(algorithm),
      memoryCost: Number(memory),
      timeCost: Number(time),
      parallelism: Number(lanes),
      salt: Buffer.from(salt, "base64"),
      outputLen: Number(length),
    }),
};

/** Django's `pbkdf2_sha256$iterations$salt$hash`, and the same with SHA-1 and SHA-512. */
const django: System = {
  name: "django",
  read(text, most) {
    const [, digestName = "", times = "", salt = "", outcome = ""] =
      /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,7})\$([^$~]{1,64})\$([A-Za-z0-9+/=]{24,88})$/.exec(text) ?? [];
    if (!outcome || Number(times) < 1 || Number(times) > most.pbkdf2) return null;
    const digest = Buffer.from(outcome, "base64");
    return { scheme: ["django", digestName, times, salt, digest.length].join("~"), digest, weak: Number(times) < 100_000 };
  },
  make: ([digest = "", times = "", salt = "", length = ""], password) => derive(password, salt, Number(times), Number(length), digest),
};

const ASPNET_DIGESTS = ["sha1", "sha256", "sha512"];

/** ASP.NET Identity, versions 2 and 3: one base64 text of marker, parameters, salt and subkey. */
const aspnet: System = {
  name: "aspnet",
  read(text, most) {
    if (!/^A[A-Za-z0-9+/]{47,}={0,2}$/.test(text)) return null;
    const bytes = Buffer.from(text, "base64");
    if (bytes[0] === 0 && bytes.length === 49)
      return {
        scheme: ["aspnet", "sha1", 1000, bytes.subarray(1, 17).toString("base64"), 32].join("~"),
        digest: bytes.subarray(17),
        weak: true,
      };
    if (bytes[0] !== 1 || bytes.length < 45) return null;
    const [name, times, saltLength] = [ASPNET_DIGESTS[bytes.readUInt32BE(1)], bytes.readUInt32BE(5), bytes.readUInt32BE(9)];
    const digest = bytes.subarray(13 + saltLength);
    if (!name || times > most.pbkdf2 || saltLength < 8 || saltLength > 64 || digest.length < 16) return null;
    const salt = bytes.subarray(13, 13 + saltLength).toString("base64");
    return { scheme: ["aspnet", name, times, salt, digest.length].join("~"), digest, weak: times < 100_000 };
  },
  make: ([digest = "", times = "", salt = "", length = ""], password) =>
    derive(password, Buffer.from(salt, "base64"), Number(times), Number(length), digest),
};

const base64 = (text: string): Buffer => Buffer.from(text.replaceAll("-", "+").replaceAll("_", "/"), "base64");

/** Firebase's own scrypt: the derived key encrypts the project's signer key; `$fbscrypt$v=1,n=14,r=8,p=1,ss=…,sk=…$salt$hash`. */
const firebase: System = {
  name: "fbscrypt",
  read(text, most) {
    const [, log = "", rounds = "", lanes = "", separator = "", signer = "", salt = "", outcome = ""] =
      /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,2}),p=(\d),ss=([\w+/=-]{1,16}),sk=([\w+/=-]{40,128})\$([\w+/=-]{8,64})\$([\w+/=-]{40,128})$/.exec(
        text,
      ) ?? [];
    if (!outcome || Number(log) > most.scrypt || Number(rounds) > 16) return null;
    return { scheme: ["fbscrypt", log, rounds, lanes, separator, signer, salt].join("~"), digest: base64(outcome), weak: false };
  },
  async make([log = "", rounds = "", lanes = "", separator = "", signer = "", salt = ""], password) {
    const cost = { N: 2 ** Number(log), r: Number(rounds), p: Number(lanes), maxmem: 256 * 1024 * 1024 };
    const key = await stretch(password, Buffer.concat([base64(salt), base64(separator)]), 32, cost);
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    return Buffer.concat([cipher.update(base64(signer)), cipher.final()]);
  },
};

/** What Better Auth stores unless it is told otherwise: scrypt over the NFKC form, with the salt's own letters; `salt:key` in hex. */
const betterAuth: System = {
  name: "better-auth",
  read(text) {
    const [, salt = "", outcome = ""] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(text) ?? [];
    return outcome ? { scheme: `better-auth~${salt}`, digest: Buffer.from(outcome, "hex"), weak: false } : null;
  },
  make: ([salt = ""], password) =>
    stretch(password.normalize("NFKC"), Buffer.from(salt), 64, { N: 2 ** 14, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }),
};

const systems: readonly System[] = [bcrypt, phpass, argon2, django, aspnet, firebase, betterAuth];

/** Takes a foreign hash apart; null for a format that is not known, or that would cost a sign-in too much. */
export const readForeign = (text: string): Foreign | null => readWithin(text, MOST);

/** Whether a foreign hash is left out for what it would cost a sign-in, and not for its format. */
export const costsTooMuch = (text: string): boolean => readForeign(text) === null && readWithin(text, ANY) !== null;

function readWithin(text: string, most: Most): Foreign | null {
  for (const { read } of systems) {
    const found = read(text, most);
    if (found) return found;
  }
  return null;
}

/** The name of the system of a scheme. */
export const systemOf = (scheme: string): string => scheme.slice(0, scheme.indexOf("~"));

/** Makes the outcome of a scheme for a password that was typed. */
export async function makeForeign(scheme: string, password: string): Promise<Buffer> {
  const [name, ...parts] = scheme.split("~");
  const system = systems.find((one) => one.name === name);
  if (!system) throw new Error("a stored scheme is not known");
  return system.make(parts, password);
}
