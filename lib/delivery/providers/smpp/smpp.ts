import { randomInt } from "node:crypto";
import type { HandOver, Provider, ProviderAccount, ProviderKind, Receipt, Surroundings } from "#lib/delivery/provider";
import { hear } from "#lib/delivery/providers/said";
import { destinationOf, sourceOf } from "#lib/delivery/providers/smpp/addresses";
import type { Address } from "#lib/delivery/providers/smpp/connection";
import { idOf, isNotDecimal } from "#lib/delivery/providers/smpp/ids";
import { type ReceiptReading, receiptOf } from "#lib/delivery/providers/smpp/receipt";
import { Reports } from "#lib/delivery/providers/smpp/reports";
import { Session } from "#lib/delivery/providers/smpp/session";
import { ownErrors, type SmppSettings, smppSecrets, smppSettings } from "#lib/delivery/providers/smpp/settings";
import { outcomeOf } from "#lib/delivery/providers/smpp/status";
import { submitOf } from "#lib/delivery/providers/smpp/submit";
import { partsOf } from "#lib/delivery/providers/smpp/text";
import type { Submitted } from "#lib/delivery/providers/smpp/window";
import { smppWords } from "#lib/delivery/providers/smpp/words";
import { log } from "#lib/log";

/** SMPP 3.4, the protocol of the carriers' gateways. */

const VERSION = 0x34;
/** ESME_RX_T_APPN: the gateway sends it again later. */
const LATER = 0x64;

/** Parses a base URL; validation at entry allows a plain one only on loopback. */
function addressOf(baseUrl: string | null, { tlsServerName, ca }: SmppSettings): Address {
  const url = URL.parse(baseUrl ?? "");
  if (!url?.port) throw new Error("an SMPP account without an address");
  const tls = { ...(tlsServerName && { serverName: tlsServerName }), ...(ca && { ca }) };
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port), tls: url.protocol === "smpps:" ? tls : null };
}

function sessionOf(
  account: ProviderAccount,
  chosen: SmppSettings,
  reports: Reports,
  reading: ReceiptReading,
  lost: Surroundings["lost"],
): Session {
  const { systemId, systemType, bind, window, enquireSeconds, throughput = null } = chosen;
  const { password } = smppSecrets.parse(account.secrets);
  const identity = { systemId, password, systemType, interfaceVersion: VERSION, addressTon: 0, addressNpi: 0, addressRange: "" };
  return new Session({
    address: addressOf(account.baseUrl, chosen),
    bind: { command: `bind_${bind}`, ...identity },
    window,
    enquireSeconds,
    throughput,
    // Answered at once; a text from a phone to the sender's number is acknowledged and dropped.
    deliver(pdu) {
      const receipt = receiptOf(pdu, reading);
      if (typeof receipt === "string") lost(receipt);
      return receipt === null || typeof receipt === "string" || reports.take(receipt) ? 0 : LATER;
    },
    note(state, reason) {
      const fields = { event: "provider.session", provider: account.name, state, ...(reason && { reason }) };
      log[state === "bound" ? "info" : "warn"](fields, "an SMPP session");
    },
  });
}

/** Returns the submits with their ids in stored form. */
const named = (parts: readonly Submitted[]): Submitted[] =>
  parts.map((one) => (one.is === "answered" ? { ...one, messageId: idOf(one.messageId) ?? "" } : one));

/** Keeps the gateway's answer to the first part that it rejected. */
function hearOf(parts: readonly Submitted[], session: Session): void {
  const bad = parts.find((one) => one.is !== "answered" || one.status !== 0);
  if (bad?.is === "answered") hear({ by: "smpp", to: "text", status: bad.status });
  else if (bad?.is === "unknown") hear({ by: "network", failure: "silent" });
  else if (bad) hear(session.failure ?? { by: "network", failure: "no_connection_in_time" });
}

/** Resolves after a signal, once the submits that listen to the same signal have settled. */
const silence = (signal: AbortSignal) =>
  new Promise<"silence">((resolve) => {
    const end = () => setImmediate(resolve, "silence");
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });

function receiptOfLate(attemptId: string, late: Exclude<HandOver, { status: "unknown" }>): Receipt {
  const { status, ref } = late;
  return { attemptId, status, ...(ref && { ref }), ...("reason" in late && { reason: late.reason }) };
}

function create(account: ProviderAccount, surroundings: Surroundings): Provider {
  const chosen = smppSettings.parse(account.settings);
  const source = sourceOf(account.sender, { ton: chosen.sourceTon, npi: chosen.sourceNpi });
  if (!source.ok) throw new Error("an SMPP account with a sender that no network knows");
  const reports = new Reports(surroundings);
  const { messageIds, tlvIds } = chosen;
  const reading: ReceiptReading = { messageIds, tlvIds, sender: source.value.source, own: ownErrors(chosen.errors), hexAnswers: false };
  const session = sessionOf(account, chosen, reports, reading, surroundings.lost);
  let reference = randomInt(256);

  async function outcome(submitted: Promise<Submitted>[]): Promise<HandOver> {
    const parts = named(await Promise.all(submitted));
    hearOf(parts, session);
    const ids = parts.flatMap((one) => (one.is === "answered" && one.messageId ? [one.messageId] : []));
    // After the first answer with a letter, all ids of this gateway are hexadecimal.
    reading.hexAnswers ||= ids.some(isNotDecimal);
    if (parts.length > 1) reports.remember(ids);
    return outcomeOf(parts);
  }

  return {
    async send({ channel, to, text, attemptId, validSeconds }, signal) {
      if (channel !== "SMS") throw new Error("SMPP carries texts alone");
      const destination = destinationOf(to, { ton: chosen.destTon, npi: chosen.destNpi });
      if (!destination.ok) return { status: "failed", reason: destination.error, permanent: false };
      reference = (reference + 1) % 256;
      const submits = partsOf(text, reference, chosen.gsm7).map((part) =>
        submitOf(part, source.value, destination.value, validSeconds, chosen.bind === "transceiver"),
      );
      const whole = outcome(submits.map((submit) => session.submit(submit, signal)));
      const first = await Promise.race([whole, silence(signal)]);
      if (first !== "silence") return first;
      // An answer after the time-out is no outcome any more, but is recorded like a receipt.
      void whole.then((late) => late.status !== "unknown" && reports.take(receiptOfLate(attemptId, late)));
      return { status: "unknown" };
    },
    open: () => session.open(),
    close: () => session.close(),
  };
}

/** Texts over any SMPP 3.4 gateway; receipts arrive over the session. */
export const smpp: ProviderKind = {
  kind: "smpp",
  channels: ["SMS"],
  receipts: "session",
  promisesReceipts: ({ bind }) => bind !== "transmitter",
  needsBaseUrl: true,
  schemes: ["smpps:", "smpp:"],
  settings: smppSettings,
  secrets: smppSecrets,
  acceptsSender: (sender) => sourceOf(sender).ok,
  words: smppWords,
  create,
};
