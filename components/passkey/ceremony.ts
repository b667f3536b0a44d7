import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  sendSignal,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from "@simplewebauthn/browser";
import type { Words } from "#lib/words/ja";

/** The browser's dialogs of passkeys. This file is loaded when one is about to open, so that no page carries it before. */

export type Failure = keyof Words["passkeyFailures"];

class CallRefused extends Error {
  readonly code: string;
  readonly reason: string | undefined;

  constructor(code: string, reason?: string) {
    super(code);
    this.code = code;
    this.reason = reason;
  }
}

async function post<T>(path: string, body: object = {}): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as { code?: string; reason?: string };
  if (!answer.ok) throw new CallRefused(said.code ?? "", said.reason);
  return said as T;
}

type Signing = { options: PublicKeyCredentialRequestOptionsJSON };
type Making = { options: PublicKeyCredentialCreationOptionsJSON };

/** Signs the present challenge; returns the value for its form. */
export async function answerChallenge(): Promise<string> {
  const { options } = await post<Signing>("/challenge/passkey");
  return JSON.stringify(await startAuthentication({ optionsJSON: options }));
}

/** Begins the sign-ins of this page one after the other, so that the cookie belongs to the latest one; an earlier one is aborted. */
const signIns = { latest: 0, begun: Promise.resolve() as Promise<unknown> };

async function beginSignIn(): Promise<PublicKeyCredentialRequestOptionsJSON> {
  signIns.latest += 1;
  const mine = signIns.latest;
  const begun = signIns.begun.catch(() => undefined).then(() => post<Signing>("/sign-in/passkey"));
  signIns.begun = begun;
  const { options } = await begun;
  if (mine !== signIns.latest) throw new DOMException("another sign-in has begun", "AbortError");
  return options;
}

/**
 * Signs in with a passkey alone: by the browser's suggestions in the field of the identifier (`autofill`), or by its dialog. Gives the page to go to.
 * A passkey that was removed here is reported to the browser, which then offers it no more.
 */
export async function signInAlone(autofill: boolean, returnTo: string | null): Promise<string> {
  const options = await beginSignIn();
  const assertion = await startAuthentication({ optionsJSON: options, useBrowserAutofill: autofill });
  try {
    const { next } = await post<{ next: string }>("/sign-in/passkey/verify", { assertion });
    return next === "save_recovery_codes" ? "/recovery-codes" : (returnTo ?? "/account");
  } catch (error) {
    if (error instanceof CallRefused && error.reason === "passkey_unknown")
      await sendSignal({ signalName: "unknownCredential", rpID: options.rpId ?? "", credentialID: assertion.id }).catch(() => undefined);
    throw error;
  }
}

/** Makes a passkey for the account of this session. */
export async function makePasskey(): Promise<void> {
  const { options } = await post<Making>("/factors/passkeys");
  const attestation = await startRegistration({ optionsJSON: options });
  await post("/factors/passkeys/confirm", { attestation });
}

/** Cancels the browser's open dialog or silent creation. */
export const cancel = (): void => WebAuthnAbortService.cancelCeremony();

/**
 * Lets the browser create a passkey by itself, and calls `made` before the server stores it. A passkey that could not be stored is reported to
 * the browser.
 */
export async function makeUnasked(made: () => void): Promise<void> {
  const { options } = await post<Making>("/factors/passkeys/automatic");
  const attestation = await startRegistration({ optionsJSON: options, useAutoRegister: true });
  made();
  try {
    await post("/factors/passkeys/automatic/confirm", { attestation });
  } catch {
    await sendSignal({ signalName: "unknownCredential", rpID: options.rp.id ?? "", credentialID: attestation.id });
  }
}

const byCode: Partial<Record<string, Failure>> = {
  ...{ unauthenticated: "session", step_up_required: "stepUp", account_restricted: "restricted", too_many_passkeys: "tooMany" },
  ...{ challenge_missing: "gone", challenge_expired: "gone", too_many_attempts: "gone", method_not_available: "gone" },
  ...{ code_wrong: "refused", credentials_wrong: "refused" },
};
const byName: Partial<Record<string, Failure>> = {
  ...{ NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known", NotSupportedError: "unsupported" },
  ...{ ConstraintError: "noUnlock", SecurityError: "site", TypeError: "network" },
};

/** Maps an error to the failure that the page shows. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallRefused) return error.reason === "passkey_unknown" ? "removed" : (byCode[error.code] ?? "unavailable");
  return (error instanceof Error && byName[error.name]) || "unknown";
}
