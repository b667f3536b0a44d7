import type { IncomingHttpHeaders } from "node:http";
import { type Addresses, PRIVATE } from "#lib/proxies";
import { type Hop, lastTrustedHop } from "./address.ts";

/** Detects a proxy missing from TRUSTED_PROXIES, as opposed to a visitor who sends such a header (decision 028). Pure. */

/** Requests of a peer within the window, and how many of them name clients in a header. */
type Count = { all: number; named: number };
type Window = { since: number; site: Count; peers: Map<string, Count> };

/** A peer whose requests name clients in a header that is ignored; `requests` of the last ten minutes. */
export type Sighting = { peer: string; header: string; requests: number };
export type NamedHop = Hop & { header: string };

/** Length of a window; counts cover this and the previous one, so five to ten minutes. */
const WINDOW_MS = 5 * 60_000;
const TOLD_EVERY_MS = 60_000;
/** Minimum share of requests with the header: a proxy adds it to nearly every request. */
const SHARE = 0.9;
const LEAST_OF_PRIVATE_PEER = 10;
const LEAST_OF_PUBLIC_PEERS = 50;
const MAX_PEERS = 4096;

const HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP"] as const;
const emptyAt = (since: number): Window => ({ since, site: { all: 0, named: 0 }, peers: new Map() });
const sum = (...counts: (Count | undefined)[]): Count => ({
  all: counts.reduce((total, count) => total + (count?.all ?? 0), 0),
  named: counts.reduce((total, count) => total + (count?.named ?? 0), 0),
});
const looksLikeProxy = ({ all, named }: Count, least: number) => named >= least && named >= SHARE * all;

/** Returns the source of a request. `named` is set when X-Forwarded-For has unread entries or another such header is present. */
export function hopOf(socketAddress: string, headers: IncomingHttpHeaders, trusted: Addresses): NamedHop {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",");
  const hop = lastTrustedHop(socketAddress, forwarded, trusted);
  const header = HEADERS.find((name) => headers[name.toLowerCase()] !== undefined) ?? "";
  return { ...hop, header, named: header === "X-Forwarded-For" ? hop.named : header !== "" };
}

/** Counts requests by their trusted client address, and reports a proxy at most once a minute. */
export class UntrustedProxies {
  readonly #tell: (sighting: Sighting) => void;
  #now = emptyAt(0);
  #before = emptyAt(0);
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(tell: (sighting: Sighting) => void) {
    this.#tell = tell;
  }

  /** Counts one request; `at` in milliseconds. */
  saw({ address, named, header }: NamedHop, at: number): void {
    this.#turn(at);
    const inside = PRIVATE.includes(address);
    const add = (count: Count, isNamed: boolean) => {
      count.all += 1;
      count.named += isNamed ? 1 : 0;
    };
    // A named request of a private peer is no evidence about the public ones.
    add(this.#now.site, named && !inside);
    const peer = inside ? this.#peer(address) : undefined;
    if (peer) add(peer, named);
    if (!named || at - this.#toldAt < TOLD_EVERY_MS) return;
    const count = inside ? sum(peer, this.#before.peers.get(address)) : sum(this.#now.site, this.#before.site);
    if (!looksLikeProxy(count, inside ? LEAST_OF_PRIVATE_PEER : LEAST_OF_PUBLIC_PEERS)) return;
    this.#toldAt = at;
    this.#tell({ peer: address, header, requests: count.named });
  }

  #turn(at: number): void {
    if (at - this.#now.since < WINDOW_MS) return;
    this.#before = at - this.#now.since < 2 * WINDOW_MS ? this.#now : emptyAt(at);
    this.#now = emptyAt(at);
  }

  #peer(address: string): Count | undefined {
    const { peers } = this.#now;
    const known = peers.get(address);
    if (known || peers.size >= MAX_PEERS) return known;
    const made = { all: 0, named: 0 };
    peers.set(address, made);
    return made;
  }
}
