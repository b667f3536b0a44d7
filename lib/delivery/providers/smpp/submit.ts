import type { Destination, Source } from "#lib/delivery/providers/smpp/addresses";
import type { Body } from "#lib/delivery/providers/smpp/pdu";
import type { Part } from "#lib/delivery/providers/smpp/text";

export type Submit = Body<"submit_sm">;

/** A relative time of so many seconds, under a hundred days: YYMMDDhhmmsstnnR (7.1.1.2). */
export function relativeTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `0000${two(seconds / 86_400)}${two((seconds / 3600) % 24)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`;
}

/** The submit of one part; the gateway gives it up when its code is over. */
export function submitOf(part: Part, source: Source, destination: Destination, validSeconds: number, receipts: boolean): Submit {
  return {
    command: "submit_sm",
    serviceType: "",
    ...source,
    ...destination,
    esmClass: part.esmClass,
    protocolId: 0,
    priority: 0,
    scheduled: "",
    validity: relativeTime(validSeconds),
    registeredDelivery: receipts ? 1 : 0,
    replaceIfPresent: 0,
    dataCoding: part.dataCoding,
    defaultMessageId: 0,
    message: part.message,
  };
}
