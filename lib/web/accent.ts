import type { ServiceShown } from "#lib/policy/service";

/** The name of a pair of colours in an address, which changes with them. */
export const accentKey = ({ day, night }: NonNullable<ServiceShown["accent"]>): string => `${day.slice(1)}-${night.slice(1)}`;
