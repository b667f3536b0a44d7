import type { AskedAct, PurposePage } from "#lib/challenges/challenge";
import type { Place } from "#lib/crypto/hasher-line";
import type { Channel, DeliveryStatus, Purpose as PurposeName } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import type { NoticeTemplate } from "#lib/delivery/wording/notices";
import type { PurposeWords } from "#lib/delivery/wording/texts";
import type { Refused, WrongReason } from "#lib/errors";
import type { Take } from "#lib/limits/take";
import type { Method } from "#lib/methods";
import type { Requester } from "#lib/requester";
import type { Result } from "#lib/result";
import type { Amr } from "#lib/sessions/session";
import type { Whose } from "#lib/words/whose";

/** The types of the purposes and authenticators that the engine of challenges is given; it imports none of them. */

/** An authenticator of an account: its row, and what the table of its kind adds (`details`). */
export type Bound = {
  id: string;
  kind: string;
  verified: boolean;
  disabled: boolean;
  /** ISO 8601. */
  lastUsedAt: string | null;
  details: unknown;
};

/** The subject of a challenge: the data that its ways depend on. */
export type Subject = {
  userId: string | null;
  /** The step of its purpose, from 1. */
  step: number;
  /** What its pages repeat of a typed identifier, where the account is not known to exist. */
  hint: string | null;
  /** The account that it would be about once its code is proven. */
  aboutId: string | null;
  /** The class of acts, or the act, that it is asked for. */
  action: string | null;
  /** The act with its values, where its purpose stores them. */
  asked: AskedAct | null;
  /** The address on the challenge: claimed, or typed at sign-in. */
  email: string | null;
  accountEmail: string | null;
  /** The authenticator that the challenge points at, if any. */
  currentAuthenticatorId: string | null;
  authenticators: Bound[];
  /** What an authenticator without rows needs of the challenge itself (`claimed`); null where it has nothing of the kind. */
  claimed: unknown;
  /** Whether an operator has stopped mail. */
  mailStopped: boolean;
  /** The provider that proved the first factor in place of the password; null after a password. */
  federatedBy: string | null;
  /** What the house reads of the account besides its authenticators; null where there is no account. */
  facts: unknown;
};

/** A first factor that another provider proved in place of the password: its name, and when, where it says so. */
export type Federated = { by: string; at: Date | null };

/** Where a code goes: an address, or a number of the account (`proven` once it was bound). */
export type Target = {
  channel: Channel;
  authenticatorId: string | null;
  to: string;
  country: string | null;
  proven: boolean;
  /** The account that is written to, where its challenge does not name it; null for a decoy. */
  account?: string | null;
};

/** One way to answer a challenge. While an operator has stopped it nothing is sent by it, but a code that arrived before still works. */
export type Way = {
  method: Method;
  authenticatorId: string | null;
  stopped: boolean;
  /** What a person recognises it by; at most two digits of a number. */
  hint?: () => string;
  /** Absent where nothing is sent. */
  target?: () => Target;
};

/** The requester of a code: the account if there is one, the address, the known device of the account if there is one, and the challenge where it is open already. */
export type Sender = { userId: string | null; ip: string; deviceId: string | null; challengeId?: string };

/** Whether a code may be sent: now, as the live code that its mailbox has, later, or not. */
export type Admission =
  | { kind: "send" }
  /** No further message is sent, because this one is still valid; `until` is when the next may be sent. */
  | { kind: "same"; code: string; expiresAt: Date; status: DeliveryStatus; statusAt: Date; until: Date }
  | { kind: "held"; until: Date }
  /** The authenticator stores the code. Without `deliver` no mail is sent, and the page looks the same so that it reveals no account. */
  | { kind: "own"; deliver: boolean }
  | { kind: "refused"; policy: string; answer: Refused };

/** A guess that was counted and may now be evaluated: everything the evaluation needs comes from the rows. */
export type Guess = {
  challengeId: string;
  purpose: PurposeName;
  step: number;
  userId: string | null;
  aboutId: string | null;
  /** The session that asked, of what a signed-in person is asked. */
  sessionId: string | null;
  action: string | null;
  /** The phone that the number to be proven replaces. */
  replaces: string | null;
  email: string | null;
  passwordHash: string | null;
  locale: string;
  returnTo: string | null;
  /** Guesses of the challenge, this one included. */
  attempts: number;
  currentChannel: Channel | null;
  /** The authenticator that is being proven, and its kind; null for an address. */
  authenticatorId: string | null;
  kind: string | null;
  sealed: string | null;
  /** The epoch of the account in which the challenge's password was proven. */
  epoch: number;
  /** The provider that proved the first factor in place of the password, and when as it says; null after a password. */
  federatedBy: string | null;
  federatedAt: Date | null;
  /** The known device of the account on which the challenge was opened. */
  deviceId: string | null;
  /** The hits that count this guess against its address until it proves right; none on a known device. */
  hitIds: string[];
  /** The consecutive failures of the account or of its known device, this guess included; null if none are counted. */
  failures: number | null;
  /** The consecutive failures of the authenticator, this guess included; null where it counts none. */
  authenticatorFailures: number | null;
};

/**
 * What a right answer proved: `amr` is the word for its session (null for an address), `spent` names what is used up. `userVerified` says that the
 * device checked a PIN or a finger.
 */
export type Proof = { amr: Amr | null; spent?: string; userVerified?: boolean };

/** A kind of authenticator, or the address of a challenge (`bound: false`). */
export type Authenticator = {
  kind: string;
  /** Whether accounts have it as a row of `authenticators`. */
  bound: boolean;
  methods: readonly Method[];
  /** Whether its answer is the code that the challenge sent; else the person has it. */
  sent: boolean;
  /** Whether its answers can be guessed, so that locks, caps and brakes stop them (RL-08). */
  counted: boolean;
  /** Whether it proves an account beside the password. */
  secondFactor: boolean;
  /** Whether it completes a sign-up and the last one cannot be removed. Recovery codes do not, because they are a fallback. */
  enrols?: boolean;
  /** Whether it is asked for before a text is sent: an account that has one gets no text until the person asks (PSTN-01). */
  beforeTexts?: boolean;
  /** SQL that makes the JSON of `details` for the row `a` of `authenticators`; our own constants alone. */
  details?: () => string;
  /** SQL that makes the JSON of `Subject.claimed` for the row `c` of `challenges`, or NULL; our own constants alone. */
  claimed?: () => string;
  /** The ways that it offers for one row of its kind, or for the address of the subject. */
  offer(subject: Subject, bound: Bound | null): Way[];
  /**
   * One spelling of what was typed, or null if it cannot be an answer; that is not counted (OTP-14). Where no method is
   * named, the first kind that reads the text judges it, those that are sent before the others; where nothing was sent, the others alone.
   */
  read(typed: string): string | null;
  /** The row that an answer names, where an account may have several (a passkey's credential); the engine takes a row of the account alone. */
  names?(answer: string): Promise<string | null>;
  /** What the answer proves, or null if it is wrong; `place` is its place at the hasher. */
  evaluate(guess: Guess, answer: string, place: Place, requester: Requester): Promise<Proof | null>;
  /** What its person should know of a wrong answer, such as that a clock is off; it was counted all the same. */
  explain?(guess: Guess, answer: string): Promise<WrongReason | null>;
  /** Spends a proof once, in the transaction that consumes the challenge; false when another request has spent it. */
  spend?(tx: Sql, guess: Guess, proof: Proof, requester: Requester): Promise<boolean>;
  /** Whether a code may be sent to a target; takes its limits with `others`. Absent where nothing is sent. */
  admit?(tx: Sql, target: Target, about: { purpose: PurposeName; sender: Sender; others?: Take[] }): Promise<Admission>;
  /** The notice of a row that too many failures disabled. */
  disabledNotice?: NoticeTemplate;
};

/** A purpose of a challenge; `Effect` is the type of its result, which the engine returns unchanged. */
export type Purpose<Effect = unknown> = {
  name: PurposeName;
  /** Seconds that a challenge lives. */
  lifetime(): number;
  /** How many steps it has; 1 by default. Each is proven on the same challenge, whose attempts they share. */
  steps?: number;
  /** Whether an answer by this kind may prove a step of it. */
  accepts(authenticator: Authenticator, step: number): boolean;
  /** The ways to answer it, without those that its subject does not have. */
  ways(subject: Subject): Way[];
  /**
   * Whether it follows a right password. Failing it means that someone knows the password, so the owner is notified and the brake on second factors
   * counts it (RL-09).
   */
  afterPassword: boolean;
  /** The account name for its pages; digits alone where only a number was typed (PH-06). */
  whose(subject: Subject): Whose;
  /** The length of the code that a step sends; six digits by default. */
  codeLength?(step: number): number;
  /** Whether the page of a step must hide the state of its message, because the account may not exist (EN-01). */
  discreet?(step: number): boolean;
  /** The name of the purpose in its texts, calls and mails. */
  wording: PurposeWords;
  /** SQL that makes the JSON of an `AskedAct` for the row `c` of `challenges`, or NULL; our own constants alone. */
  asked?: () => string;
  page: PurposePage;
  /** The same where a signed-in person is asked. */
  pageInSession?: PurposePage;
  /** What a proven challenge does, in the transaction that consumed it; a refusal that must undo the consumption rolls back. */
  effect(tx: Sql, guess: Guess, proof: Proof, requester: Requester, house: House<Effect>): Promise<Result<Effect, Refused>>;
  /** An additional effect of a lock by wrong answers, in the transaction of the wrong answer. */
  onLocked?(tx: Sql, guess: Guess, requester: Requester): Promise<void>;
  /** Unique constraints that decide races of the effect: its loser is run again. */
  races: readonly string[];
};

/** The purposes and authenticators that the engine works for. */
export type House<Effect = unknown> = {
  purposes: Readonly<Partial<Record<PurposeName, Purpose<Effect>>>>;
  authenticators: readonly Authenticator[];
  /** SQL for the account data that the house needs besides, for the id that an expression of SQL names; our own constants alone. */
  facts?(account: string): string;
};

/** The purpose of a row. */
export function purposeOf<Effect>({ purposes }: House<Effect>, name: PurposeName): Purpose<Effect> {
  const purpose = purposes[name];
  if (!purpose) throw new Error(`there is no purpose ${name}`);
  return purpose;
}

/** The names of the purposes that fit a condition, for SQL. */
export const purposesThat = ({ purposes }: House, fits: (purpose: Purpose) => boolean): PurposeName[] =>
  Object.values(purposes).flatMap((purpose) => (purpose && fits(purpose) ? [purpose.name] : []));

/** The steps, as `PURPOSE:1`, that one of these kinds may prove, for SQL. */
export const stepsFor = ({ purposes }: House, kinds: readonly Authenticator[]): string[] =>
  Object.values(purposes).flatMap((purpose) =>
    Array.from({ length: purpose?.steps ?? 1 }, (_, index) => index + 1)
      .filter((step) => kinds.some((kind) => purpose?.accepts(kind, step)))
      .map((step) => `${purpose?.name}:${step}`),
  );
