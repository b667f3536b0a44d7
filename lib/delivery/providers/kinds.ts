import type { ProviderKind } from "#lib/delivery/provider";

/** Every kind of provider the product knows; an adapter is registered here and nowhere else. */
export const kinds: readonly ProviderKind[] = [];

/** The kind of that name, or undefined. */
export const kindOf = (kind: string): ProviderKind | undefined => kinds.find((one) => one.kind === kind);
