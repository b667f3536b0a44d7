import { describe, expect, test } from "vitest";
import { trustedProxies } from "#lib/proxies";
import { hopOf, type Sighting, UntrustedProxies } from "./untrusted.ts";

// Distinguishes a proxy missing from TRUSTED_PROXIES from a visitor who sends the header: nearly every request of a proxy has it (RL-11).

const MINUTE = 60_000;

/** Counts requests at fixed times and returns the reports. */
function watching(list = "none") {
  const told: Sighting[] = [];
  const trusted = trustedProxies(list);
  const watch = new UntrustedProxies((sighting) => told.push(sighting));
  let now = 1_000_000;
  return {
    told,
    wait: (ms: number) => {
      now += ms;
    },
    ask: (count: number, socket: string, headers: Record<string, string> = {}) => {
      for (let asked = 0; asked < count; asked += 1) watch.saw(hopOf(socket, headers, trusted), now);
    },
  };
}
const named = { "x-forwarded-for": "203.0.113.5" };

describe("A private peer that is not trusted", () => {
  test.each(["X-Forwarded-For", "Forwarded", "X-Real-IP"])("is a proxy when its requests carry %s", (header) => {
    const { ask, told } = watching();
    ask(10, "10.0.0.5", { [header.toLowerCase()]: "203.0.113.5" });
    expect(told).toEqual([{ peer: "10.0.0.5", header, requests: 10 }]);
  });

  test("is one in IPv4-mapped form too", () => {
    const { ask, told } = watching();
    ask(10, "::ffff:10.0.0.5", named);
    expect(told).toEqual([{ peer: "10.0.0.5", header: "X-Forwarded-For", requests: 10 }]);
  });

  test("is none while some of what it passes carries the header: a visitor behind a balancer of connections wrote it", () => {
    const { ask, told } = watching();
    ask(20, "10.0.0.5");
    ask(150, "10.0.0.5", named);
    expect(told).toEqual([]);
  });

  test("is none on a single request", () => {
    const { ask, told } = watching();
    ask(9, "10.0.0.5", named);
    expect(told).toEqual([]);
  });

  test("is told once a minute, for all peers together, with what came meanwhile", () => {
    const { ask, told, wait } = watching();
    for (let second = 0; second < 60; second += 1) {
      ask(10, "10.0.0.5", named);
      ask(5, "10.0.0.6", named);
      wait(1_000);
    }
    expect(told).toHaveLength(1);
    ask(1, "10.0.0.6", named);
    expect(told).toHaveLength(2);
    expect(told[1]?.requests).toBeGreaterThan(250);
  });

  test("is judged by what came within ten minutes", () => {
    const { ask, told, wait } = watching();
    ask(500, "10.0.0.5");
    wait(10 * MINUTE);
    ask(10, "10.0.0.5", named);
    expect(told).toHaveLength(1);
  });

  test("still counts what came before the window changed", () => {
    const { ask, told, wait } = watching();
    ask(100, "10.0.0.5");
    wait(5 * MINUTE + 1);
    ask(50, "10.0.0.5", named);
    expect(told).toEqual([]);
  });
});

describe("A proxy behind a trusted one", () => {
  test("is named when it is not trusted itself", () => {
    const { ask, told } = watching("10.0.0.0/16");
    ask(10, "10.0.0.5", { "x-forwarded-for": "203.0.113.5, 192.168.7.7" });
    expect(told).toEqual([{ peer: "192.168.7.7", header: "X-Forwarded-For", requests: 10 }]);
  });
});

describe("A trusted proxy", () => {
  test("that names clients as it should is not told of", () => {
    const { ask, told } = watching("10.0.0.0/16");
    ask(500, "10.0.0.5", { ...named, "x-real-ip": "203.0.113.5" });
    expect(told).toEqual([]);
  });

  test("that names them in another header alone is told of", () => {
    const { ask, told } = watching("10.0.0.0/16");
    ask(10, "10.0.0.5", { "x-real-ip": "203.0.113.5" });
    expect(told).toEqual([{ peer: "10.0.0.5", header: "X-Real-IP", requests: 10 }]);
  });
});

describe("Public peers that are not trusted", () => {
  test("are strangers while others come without the header or through the proxy", () => {
    const { ask, told } = watching("10.0.0.5");
    ask(20, "10.0.0.5", named);
    ask(100, "198.51.100.1", named);
    expect(told).toEqual([]);
  });

  test("are strangers when a visitor writes addresses before the proxy's own entry", () => {
    const { ask, told } = watching("10.0.0.5");
    ask(20, "10.0.0.5", named);
    ask(100, "10.0.0.5", { "x-forwarded-for": "9.9.9.9, 198.51.100.1" });
    expect(told).toEqual([]);
  });

  test("are an edge in front when nearly everything carries the header, whichever of them passed it", () => {
    const { ask, told } = watching();
    for (let edge = 0; edge < 50; edge += 1) ask(1, `198.51.100.${edge}`, named);
    expect(told).toEqual([{ peer: "198.51.100.49", header: "X-Forwarded-For", requests: 50 }]);
  });
});

test("A crowd of private addresses takes no more than a bounded memory", () => {
  const { ask, told } = watching();
  for (let host = 0; host < 5_000; host += 1) ask(1, `10.1.${host >> 8}.${host & 255}`);
  ask(50, "10.9.9.9", named);
  expect(told).toEqual([]);
  ask(50, "10.1.0.1", named);
  expect(told).toEqual([{ peer: "10.1.0.1", header: "X-Forwarded-For", requests: 10 }]);
});
