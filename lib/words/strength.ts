import type { Words } from "#lib/words/ja";

/** The words that a new password is rated by. */
export const strengthOf = ({ tooShort, tooShortSpoken, repeated, short, long, veryLong }: Words["signUp"]) => ({
  tooShort,
  tooShortSpoken,
  repeated,
  short,
  long,
  veryLong,
});
