import { expect, test } from "@playwright/test";
import { listenTo, open, parseAnswers, request } from "../support/raw.ts";
import { startInstance } from "../support/server.ts";

test("SIGTERM lets every request in flight finish and answers none twice; afterwards nobody is let in (RE-06, K09).", async () => {
  test.setTimeout(90_000);
  const instance = await startInstance();
  const url = new URL(instance.url);
  const body = JSON.stringify({ identifier: "nobody@example.jp", password: "not the password of anyone" });
  const signIn = request(
    "POST",
    "/api/v1/sign-in",
    { Host: url.host, Connection: "keep-alive", Origin: url.origin, "Content-Type": "application/json" },
    body,
  );
  const halfHead = await open(url);
  halfHead.write("GET /sign-in HTTP/1.1\r\nHo");
  const sockets = await Promise.all(Array.from({ length: 20 }, () => open(url)));
  const said = sockets.map((socket) => listenTo(socket, 20_000));
  for (const socket of sockets) socket.write(signIn);
  // The other requests are in flight until the first answer, because each waits for the password hasher.
  await new Promise((resolve) => sockets[0]?.once("data", resolve));
  const started = performance.now();
  const stopped = instance.stop();
  const answers = (await Promise.all(said)).map(parseAnswers);
  for (const each of answers) expect(each).toHaveLength(1);
  for (const [answer] of answers) expect([200, 401, 422, 429, 503]).toContain(answer?.status);
  expect(await stopped).toBe(0);
  expect(performance.now() - started).toBeLessThan(12_000);
  await expect(open(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  halfHead.destroy();
});
