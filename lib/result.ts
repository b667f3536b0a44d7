/** An expected outcome as a value: bugs throw, everything a caller must handle is here. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** The success of a use case. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** The expected failure of a use case. */
export const fail = <E>(error: E): Result<never, E> => ({ ok: false, error });
