import { singleton } from "#lib/singleton";

/** Which format of sealed values this process writes and which it opens. */
export type SealFormat = {
  /** Whether new values are bound to their owner; not yet while instances run that cannot read them. */
  ownerWritten: boolean;
  /** Whether a value that is bound to its row alone still opens. */
  ownerlessOpens: boolean;
};

const STRICT: SealFormat = { ownerWritten: true, ownerlessOpens: false };

const held = () => singleton("seal-format", () => ({ format: STRICT }));

/** The format in force; the strict one until the database was asked. */
export const sealFormat = (): SealFormat => held().format;

/** Sets the format of this process. */
export function setSealFormat(format: SealFormat): void {
  held().format = format;
}
