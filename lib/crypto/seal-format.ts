import { singleton } from "#lib/singleton";

/** The formats of sealed values that this process writes and opens. */
type SealFormat = {
  /** Whether new values are bound to their owner; false while instances run that cannot read such values. */
  ownerWritten: boolean;
  /** Whether a value that is bound only to its row still opens. */
  ownerlessOpens: boolean;
};

const STRICT: SealFormat = { ownerWritten: true, ownerlessOpens: false };

const held = () => singleton("seal-format", () => ({ format: STRICT }));

/** The current format; the strict one until the database has been read. */
export const sealFormat = (): SealFormat => held().format;

/** Sets the format of this process. */
export function setSealFormat(format: SealFormat): void {
  held().format = format;
}
