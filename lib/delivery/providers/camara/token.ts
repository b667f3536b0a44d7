import type { Camara } from "#lib/delivery/providers/camara/settings";
import { exchange, jsonObject } from "#lib/delivery/providers/http";

/** Access tokens by the client credentials grant (RFC 6749 4.4), kept until shortly before their end. */

/** Seconds before its end at which a token is no longer used, and the life of one whose answer names none. */
const SPARE = 30;
const UNNAMED_LIFE = 60;
/** The longest that a token is waited for, in milliseconds: a look-up gives up earlier, and the next one finds the token. */
const TIMEOUT = 5_000;

const scopes = {
  simSwap: "sim-swap:retrieve-date",
  numberRecycling: "number-recycling:check",
  callForwarding: "call-forwarding-signal:unconditional-call-forwardings:read",
};

type Token = { value: string; until: number };
type Asking = Pick<Camara, "tokenUrl" | "clientId" | "clientSecret" | keyof typeof scopes>;

export type Tokens = { get(signal: AbortSignal): Promise<string | null>; forget(value: string): void };

async function fetchToken(camara: Asking): Promise<Token | null> {
  const names = (Object.keys(scopes) as (keyof typeof scopes)[]).filter((name) => camara[name] !== undefined);
  // RFC 6749 2.3.1: both are form-encoded before they are joined.
  const [id, secret] = [camara.clientId, camara.clientSecret].map((one) => new URLSearchParams({ "": one }).toString().slice(1));
  const headers = {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
    "user-agent": "Sekisho",
  };
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: names.map((name) => scopes[name]).join(" ") }).toString();
  const answer = await exchange(camara.tokenUrl, { method: "POST", headers, body }, AbortSignal.timeout(TIMEOUT));
  if (!answer.ok || answer.status !== 200) return null;
  const { access_token: value, token_type: type, expires_in: life } = jsonObject(answer.text) ?? {};
  if (typeof value !== "string" || !/^[\x21-\x7e]{1,8192}$/.test(value) || String(type).toLowerCase() !== "bearer") return null;
  const seconds = typeof life === "number" && life > 0 ? life : UNNAMED_LIFE;
  return { value, until: Date.now() + Math.max(0, seconds - SPARE) * 1000 };
}

/** The tokens of one account; all look-ups at once share one request. */
export function tokensOf(camara: Asking): Tokens {
  let current: Token | null = null;
  let fetching: Promise<Token | null> | null = null;
  return {
    async get(signal) {
      if (current && Date.now() < current.until) return current.value;
      fetching ??= fetchToken(camara).finally(() => {
        fetching = null;
      });
      const shared = fetching.then((token) => {
        current = token;
        return token?.value ?? null;
      });
      const late = new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
      return signal.aborted ? null : Promise.race([shared, late]);
    },
    /** Drops a token that was refused. */
    forget(value) {
      if (current?.value === value) current = null;
    },
  };
}
