import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { outsideLookup, post } from "#lib/events/post";

const none = { hosts: [], loopback: false };
const sent = { headers: {}, body: "{}" };
const soon = () => AbortSignal.timeout(2_000);

const finds = (...addresses: string[]) =>
  ((_: string, __: object, done: (error: null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    )) as never;
const judged = (inside: Parameters<typeof outsideLookup>[0], ...addresses: string[]) =>
  new Promise((resolve) =>
    outsideLookup(inside, finds(...addresses))("hooks.example.jp", { all: true }, (error, found) => resolve(error ? "refused" : found)),
  );

describe("A connection of an event", () => {
  it("goes to the addresses that were judged, and to none where one of them is inside", async () => {
    expect(await judged(none, "203.0.114.7")).toEqual([{ address: "203.0.114.7", family: 4 }]);
    for (const inside of ["10.0.0.7", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"])
      expect([inside, await judged(none, "203.0.114.7", inside)]).toEqual([inside, "refused"]);
    expect(await judged({ ...none, loopback: true }, "127.0.0.1")).toEqual([{ address: "127.0.0.1", family: 4 }]);
    expect(await judged({ ...none, loopback: true }, "10.0.0.1")).toBe("refused");
  });

  it.each(["http://127.0.0.1:9/", "http://10.255.255.1/", "http://[::1]:9/", "http://0x7f.1:9/", "http://localhost:9/"])(
    "is not made into the own network, whatever was judged when the address was entered: %s",
    async (url) => expect(await post(url, sent, none, soon())).toEqual({ ok: false, failure: "private_address" }),
  );

  it("is made to a host that is named, and says what the answer was, however long it is", async () => {
    const server = createServer((_, response) => {
      const goOn = () => void response.write("x".repeat(65_536));
      response.writeHead(200).on("drain", goOn);
      goOn();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://localhost:${port}/`;
    const time = soon();
    expect(await post(url, sent, { hosts: ["localhost"], loopback: false }, time)).toEqual({ ok: true, status: 200 });
    expect(time.aborted).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await post(url, sent, { hosts: ["localhost"], loopback: false }, soon())).toEqual({ ok: false, failure: "refused" });
  });

  it("ends with its time where nobody answers", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const posted = await post(`http://127.0.0.1:${port}/`, sent, { ...none, loopback: true }, AbortSignal.timeout(200));
    expect(posted).toEqual({ ok: false, failure: "silent" });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
