import type { CodeAhead, NumberFacts, Provider, ProviderAccount, ProviderKind } from "#lib/delivery/provider";
import { dateOf, forwardingIn, recyclingIn, simSwapIn } from "#lib/delivery/providers/camara/facts";
import { type Camara, camaraOf, camaraSecrets, camaraSettings } from "#lib/delivery/providers/camara/settings";
import { type Tokens, tokensOf } from "#lib/delivery/providers/camara/token";
import { camaraWords } from "#lib/delivery/providers/camara/words";
import { exchange } from "#lib/delivery/providers/http";
import { env } from "#lib/env";

/**
 * CAMARA's SIM Swap, Number Recycling and Call Forwarding Signal with two-legged tokens: what the networks tell of a number. Ready, not available: no
 * Japanese operator's terms for them could be verified.
 */

type Question = { url: string; body: object; read(body: string): Partial<NumberFacts> | null };

/** Returns what is asked before a code: a number that is being bound has no past here, and forwarding matters for calls alone. */
function questionsFor(camara: Camara, phoneNumber: string, what: "line" | "sim", { channel, verifiedAt }: CodeAhead): Question[] {
  const { baseUrl, simSwap, numberRecycling, callForwarding } = camara;
  const at = (path: string, operation: string) => `${baseUrl}/${path}/${operation}`;
  return [
    ...(simSwap && what === "sim"
      ? [
          {
            url: at(simSwap, "retrieve-date"),
            body: { phoneNumber },
            read: (body: string) => simSwapIn(body, env().SIM_SWAP_HOURS),
          },
        ]
      : []),
    ...(numberRecycling && what === "sim" && verifiedAt
      ? [{ url: at(numberRecycling, "check"), body: { phoneNumber, specifiedDate: dateOf(verifiedAt) }, read: recyclingIn }]
      : []),
    ...(callForwarding && channel === "VOICE"
      ? [{ url: at(callForwarding, "unconditional-call-forwardings"), body: { phoneNumber }, read: forwardingIn }]
      : []),
  ];
}

async function ask({ url, body, read }: Question, tokens: Tokens, signal: AbortSignal): Promise<Partial<NumberFacts> | null> {
  const token = await tokens.get(signal);
  if (!token) return null;
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    accept: "application/json",
    "user-agent": "Sekisho",
  };
  const answer = await exchange(url, { method: "POST", headers, body: JSON.stringify(body) }, signal);
  if (answer.ok && answer.status === 401) tokens.forget(token);
  // A number of another network (404) or a service that does not apply (422) is no answer, like every other refusal.
  return answer.ok && answer.status === 200 ? read(answer.text) : null;
}

function create(account: ProviderAccount): Provider {
  const camara = camaraOf(account);
  const tokens = tokensOf(camara);
  return {
    send: () => Promise.resolve({ status: "failed", reason: "rejected", permanent: false }),
    async lookup(to, what, signal, ahead) {
      const answers = await Promise.all(questionsFor(camara, to, what, ahead).map((question) => ask(question, tokens, signal)));
      return Object.assign({ lineType: "unknown" as const, answered: !answers.includes(null) }, ...answers.filter((one) => one !== null));
    },
  };
}

/** CAMARA: it carries nothing and answers questions about numbers (NUMBER_LOOKUP). */
export const camara: ProviderKind = {
  kind: "camara",
  channels: [],
  receipts: "none",
  needsBaseUrl: true,
  settings: camaraSettings,
  secrets: camaraSecrets,
  words: camaraWords,
  create,
};
