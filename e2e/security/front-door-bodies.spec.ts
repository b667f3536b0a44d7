import { expect, test } from "@playwright/test";
import { ask, baseUrl, listenTo, open, parseAnswers, request, speak } from "../support/raw.ts";

const { origin, host } = baseUrl();
const OURS = { Origin: origin, "Content-Type": "application/json" };
const LIMIT = 64 * 1024;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

test("A body announced over 64 KiB is refused with 413 before a byte of it is read.", async () => {
  const started = performance.now();
  const [answer] = await speak(
    request("POST", "/api/v1/sign-in", { ...OURS, "Content-Length": String(10 * 1024 * 1024) }, '{"identifier":'),
  );
  expect(answer?.status).toBe(413);
  expect(JSON.parse(answer?.body ?? "")).toMatchObject({ code: "too_large", status: 413 });
  expect(performance.now() - started).toBeLessThan(3000);
});

test("A client that sends 64 KiB and one byte in full still reads its 413.", async () => {
  for (const path of ["/api/v1/sign-in", "/sign-in"]) expect((await ask("POST", path, OURS, "x".repeat(LIMIT + 1))).status).toBe(413);
});

test("A chunked body is counted while it arrives: 413 past 64 KiB.", async () => {
  const body = Array.from({ length: 40 }, () => chunk("x".repeat(4096))).join("");
  expect((await ask("POST", "/api/v1/sign-in", { ...OURS, "Transfer-Encoding": "chunked" }, `${body}0\r\n\r\n`)).status).toBe(413);
});

test("A chunked body within the limit arrives whole.", async () => {
  const answer = await ask(
    "POST",
    "/api/v1/sign-in",
    { ...OURS, "Transfer-Encoding": "chunked" },
    `${chunk('{"identifier"')}${chunk(':"a"}')}0\r\n\r\n`,
  );
  expect([200, 422]).toContain(answer.status);
});

test("Expect: 100-continue is asked to continue within the limit and refused beyond it.", async () => {
  expect((await ask("POST", "/api/v1/sign-in", { ...OURS, Expect: "100-continue" }, "{}")).status).not.toBe(413);
  expect((await ask("POST", "/api/v1/sign-in", { ...OURS, Expect: "100-continue", "Content-Length": "9999999" })).status).toBe(413);
});

test("Length and chunking together, bad lengths, folded and broken headers are refused and the connection ends (I17).", async () => {
  const bad: [string, Record<string, string | string[]>, string][] = [
    ["both", { "Content-Length": "5", "Transfer-Encoding": "chunked" }, "0\r\n\r\nGET /account HTTP/1.1\r\n\r\n"],
    ["two lengths", { "Content-Length": ["2", "5"] }, "{}"],
    ["odd coding", { "Transfer-Encoding": "xchunked" }, "0\r\n\r\n"],
    ["bad chunk size", { "Transfer-Encoding": "chunked" }, "zz\r\n\r\n"],
    ["negative", { "Content-Length": "-1" }, ""],
    ["folded", { "X-A": "b\r\n c" }, ""],
    ["space before colon", { "X-A ": "b" }, ""],
    ["bare LF in a value", { "X-A": "b\nHost: evil.example" }, ""],
    ["NUL in a value", { "X-A": "b\0c" }, ""],
  ];
  for (const [name, headers, body] of bad) {
    const answers = await speak(request("POST", "/api/v1/sign-in", { ...OURS, Connection: "keep-alive", ...headers }, body));
    expect([name, answers.length, answers[0]?.status]).toEqual([name, 1, 400]);
    expect(answers[0]?.headers["content-security-policy"], name).toContain("nonce-");
  }
  expect((await speak("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))[0]?.status).toBe(400);
});

test("Headers beyond 16 KiB, or more than 100 of them, are refused with 431.", async () => {
  expect((await ask("GET", "/sign-in", { Cookie: `a=${"x".repeat(20_000)}` })).status).toBe(431);
  expect((await ask("GET", "/sign-in", { "X-A": Array.from({ length: 120 }, () => "b") })).status).toBe(431);
  expect((await ask("GET", "/api/health/live", { Cookie: `a=${"x".repeat(8000)}` })).status).toBe(200);
});

test("Slow heads and slow bodies end with 408 within 20 s while others are served (K12).", async () => {
  test.setTimeout(60_000);
  const slowHead = await open();
  slowHead.write(`GET /sign-in HTTP/1.1\r\nHost: ${host}\r\n`);
  const slowBody = await open();
  slowBody.write(request("POST", "/api/v1/sign-in", { ...OURS, "Content-Length": "1000" }));
  const drip = setInterval(() => [slowHead.write("X-A: b\r\n"), slowBody.write(" ")], 500);
  const started = performance.now();
  const ends = Promise.all([listenTo(slowHead, 25_000), listenTo(slowBody, 25_000)]);
  expect((await ask("GET", "/api/health/live")).status).toBe(200);
  const [head, body] = await ends;
  clearInterval(drip);
  expect([parseAnswers(head)[0]?.status, parseAnswers(body)[0]?.status]).toEqual([408, 408]);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("Three hundred connections that send half a head do not keep others from an answer.", async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => open()));
  for (const socket of sockets) socket.write(`POST /api/v1/sign-in HTTP/1.1\r\nHost: ${host}\r\nContent-Le`);
  const started = performance.now();
  expect((await ask("GET", "/api/health/live")).status).toBe(200);
  expect(performance.now() - started).toBeLessThan(1000);
  for (const socket of sockets) socket.destroy();
});

test("Pipelined requests are answered in their order, one answer each, and a broken one after them last (I17).", async () => {
  const keep = { Connection: "keep-alive" };
  const pipeline = [
    request("GET", "/sign-in", keep),
    request("GET", "/api/health/live", keep),
    request("POST", "/api/v1/sign-in", { ...OURS, ...keep, Origin: "https://evil.example" }, "{}"),
    request("GET", "/no-such-page", keep),
    "BROKEN\r\n\r\n",
  ];
  const answers = await speak(pipeline.join(""));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 404, 400]);
});
