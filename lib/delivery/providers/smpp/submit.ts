import type { Destination, Source } from "#lib/delivery/providers/smpp/addresses";
import type { PduBody } from "#lib/delivery/providers/smpp/pdu";
import type { Part } from "#lib/delivery/providers/smpp/text";

export type Submit = PduBody<"submit_sm">;

/** Formats seconds, under a hundred days, as a relative time: YYMMDDhhmmsstnnR (7.1.1.2). */
export function relativeTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `0000${two(seconds / 86_400)}${two((seconds / 3600) % 24)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`;
}

/** Builds the submit of one part; the gateway drops it when its code expires. */
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
