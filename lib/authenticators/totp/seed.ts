import { generateSecret, generateSync, generateURI } from "otplib";
import { equalInConstantTime } from "#lib/crypto/hash";
import { seal, unseal } from "#lib/crypto/seal";

/** The seed of an authenticator app and its codes (RFC 6238): SHA-1, six digits, thirty seconds, as every app knows them. */

const SECONDS = 30;
/** 160 bits, the length of the hash (RFC 4226 section 4). */
const BYTES = 20;

/** A fresh seed in base32. */
export const newSeed = (): string => generateSecret({ length: BYTES });

/** Binds a seed to its row and account. */
export const seedPlace = (id: string, userId: string) => ({ table: "totp", column: "seed_sealed", row: id, owner: userId });

export const sealSeed = (id: string, userId: string, seed: string): string => seal(seed, seedPlace(id, userId));
export const openSeed = (id: string, userId: string, sealed: string): string => unseal(sealed, seedPlace(id, userId));

/** The address that an app reads from a QR code. */
export const uriOf = (seed: string, { service, email }: { service: string; email: string }): string =>
  generateURI({ issuer: service, label: email, secret: seed });

/** The code of one time step. */
export const codeAt = (seed: string, step: number): string => generateSync({ secret: seed, epoch: step * SECONDS });

/** The time step of a moment in seconds. */
export const stepOf = (seconds: number): number => Math.floor(seconds / SECONDS);

/** Returns the steps whose code equals the typed one; always compares all of them. */
export const matching = (seed: string, typed: string, steps: readonly number[]): number[] =>
  steps.filter((step) => equalInConstantTime(typed, codeAt(seed, step)));
