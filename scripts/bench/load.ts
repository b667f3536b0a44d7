import { LoadClient, newAgent } from "./client.ts";
import { type AppAccount, type PasskeyAccount, registerApp, registerPasskey, timedApp, timedPasskey } from "./factor-journeys.ts";
import { openInbox } from "./inbox.ts";
import {
  type BenchAccount,
  registerAccount,
  requestSession,
  sendPassword,
  type Times,
  timedSignIn,
  timedVerification,
} from "./journeys.ts";

/** The load generator runs in its own process, so that its processor time is not counted as the product's. */

/** What a sign-in proves: the password and a text, the password and the code of an app, or a passkey alone. */
export type Way = "text" | "app" | "passkey";

export type Order =
  | { do: "register"; url: string; accounts: number; way: Way }
  | { do: "journeys"; url: string; concurrency: number; seconds: number; way: Way }
  | { do: "sessions"; url: string; concurrency: number; seconds: number }
  | { do: "passwords"; url: string }
  | { do: "inbox" }
  | { do: "verifications"; url: string; key: string; concurrency: number; seconds: number };
/** `posted`: for each number, the time its password was sent (milliseconds since 1970). `inbox`: the address of the gateway. */
export type Done = {
  times: Times[];
  count: number;
  errors: Record<string, number>;
  seconds: number;
  posted?: Record<string, number>;
  inbox?: string;
};

const accounts: BenchAccount[] = [];
const apps: AppAccount[] = [];
const passkeys: PasskeyAccount[] = [];
const agent = newAgent();
let numbers = 0;

/** Registers the account of an index; each way has numbers of its own. */
async function register(way: Way, index: number, url: string): Promise<void> {
  const client = new LoadClient(url, agent);
  if (way === "text") accounts.push(await registerAccount(client, index));
  if (way === "app") apps.push(await registerApp(client, 10_000 + index));
  if (way === "passkey") passkeys.push(await registerPasskey(client, 20_000 + index, url));
}

/** Repeats the work on `concurrency` lanes until the time is over. */
async function repeat(
  concurrency: number,
  seconds: number,
  work: (lane: number, round: number) => Promise<Times | undefined>,
): Promise<Done> {
  const done: Done = { times: [], count: 0, errors: {}, seconds: 0 };
  const began = performance.now();
  const lane = async (index: number) => {
    for (let round = 0; performance.now() - began < seconds * 1000; round += 1) {
      try {
        const times = await work(index, round);
        done.count += 1;
        if (times) done.times.push(times);
      } catch (error) {
        const reason = (error as Error).message;
        done.errors[reason] = (done.errors[reason] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => lane(index)));
  done.seconds = (performance.now() - began) / 1000;
  return done;
}

type Lanes = { url: string; concurrency: number; seconds: number };

/** Repeats a sign-in; each lane has its own accounts, because a second journey of an account would void the challenge of the first. */
function inLanes<A>(
  { url, concurrency, seconds }: Lanes,
  all: readonly A[],
  signIn: (client: LoadClient, account: A) => Promise<Times>,
): Promise<Done> {
  const perLane = Math.floor(all.length / concurrency);
  return repeat(concurrency, seconds, (lane, round) => signIn(new LoadClient(url, agent), all[lane * perLane + (round % perLane)] as A));
}

/** Sends one password at a time with a pause between, so that each meets an idle machine. */
async function passwords(url: string): Promise<Done> {
  const posted: Record<string, number> = {};
  for (const account of accounts) {
    posted[account.number] = performance.timeOrigin + performance.now();
    await sendPassword(new LoadClient(url, agent), account);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return { times: [], count: accounts.length, errors: {}, seconds: 0, posted };
}

/** Repeats a verification; each is of a number of its own, because a later one of a number would void the one before. */
function verifications({ url, key, concurrency, seconds }: Extract<Order, { do: "verifications" }>): Promise<Done> {
  const headers = { authorization: `Bearer ${key}` };
  return repeat(concurrency, seconds, () => {
    numbers += 1;
    return timedVerification(new LoadClient(url, agent, "", headers), `+8180${String(10_000_000 + ((numbers * 7919) % 89_999_999))}`);
  });
}

async function obey(order: Order): Promise<Done> {
  if (order.do === "register") {
    const queue = Array.from({ length: order.accounts }, (_, index) => index);
    const lane = async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) await register(order.way, index, order.url);
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return { times: [], count: order.accounts, errors: {}, seconds: 0 };
  }
  if (order.do === "passwords") return passwords(order.url);
  if (order.do === "inbox") return { times: [], count: 0, errors: {}, seconds: 0, inbox: await openInbox() };
  const { url, concurrency, seconds } = order;
  if (order.do === "sessions") {
    const client = new LoadClient(url, agent);
    await timedSignIn(client, accounts[0] as BenchAccount);
    return repeat(concurrency, seconds, async () => void (await requestSession(client)));
  }
  if (order.do === "verifications") return verifications(order);
  if (order.way === "app") return inLanes(order, apps, timedApp);
  if (order.way === "passkey") return inLanes(order, passkeys, timedPasskey);
  return inLanes(order, accounts, timedSignIn);
}

process.on("message", (order: Order) => {
  obey(order).then(
    (done) => process.send?.({ done }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
