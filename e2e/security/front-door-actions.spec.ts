import { expect, test } from "@playwright/test";
import { Client, freshEmail, PASSWORD } from "../support/api.ts";
import { ask, baseUrl, request, speak } from "../support/raw.ts";

/** Malformed Flight payloads (I12; CVE-2026-23870, -64641, -94482) are the sender's fault: they get 4xx, never 500, and never crash the process. */

const { origin } = baseUrl();
const BOUNDARY = "----front-door";
const PAGE = "/sign-in";
const field = (name: string, value: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const form = (fields: readonly (readonly [string, string])[]) =>
  `${fields.map(([name, value]) => field(name, value)).join("")}--${BOUNDARY}--\r\n`;
const MULTIPART = { Origin: origin, "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` };

/** Returns the action id in the form of a page. */
async function actionId(page = PAGE, cookie: string | null = null): Promise<string> {
  const { body } = await ask("GET", page, { Cookie: cookie });
  const id = /&quot;id&quot;:&quot;([0-9a-f]{40,44})&quot;|\$ACTION_ID_([0-9a-f]{40,44})/.exec(body);
  expect(id, "the page has a form with a server action").not.toBeNull();
  return id?.[1] ?? id?.[2] ?? "";
}

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

/** Bodies of the Flight reply protocol that decode to no valid arguments of an action. */
const FLIGHT: Record<string, string> = {
  empty: "",
  "not JSON": "}{",
  "a number": "1",
  "deep arrays": deep(20_000),
  "reference to itself": '["$0"]',
  "cyclic references": '["$1","$2"]',
  "missing chunk": '["$1a"]',
  "server reference": '["$F1"]',
  "prototype path": '["$1:__proto__:constructor:constructor"]',
  "constructor path": '["$K1","$1:constructor"]',
  thenable:
    '[{"then":"$1:then","status":"resolved_model","value":"{}","_response":{"_prefix":"process.exit()//","_formData":{"get":"$1:constructor:constructor"}}}]',
  "map of nothing": '["$Q1","$W1"]',
  "bad date and bigint": '["$DNaN","$nabc"]',
  "huge bigint": `["$n${"9".repeat(60_000)}"]`,
  "stream and iterator": '["$R1","$r1","$X1","$x1"]',
  "typed array": '["$A1","$O1","$V1","$B1"]',
  "temporary reference": '["$T","$@1","$@"]',
  "undefined and infinity": '["$undefined","$Infinity","$-0","$NaN"]',
  bytes: "\u0000\u0001\u0002\xff\xfe",
};

test.describe("As scripts send it: the Next-Action header", () => {
  for (const [name, payload] of Object.entries(FLIGHT)) {
    test(`A payload of this kind gets a client error or the form's own refusal, never 500: ${name}.`, async () => {
      const id = await actionId();
      const text = await ask(
        "POST",
        PAGE,
        { Origin: origin, "Next-Action": id, Accept: "text/x-component", "Content-Type": "text/plain;charset=UTF-8" },
        payload,
      );
      expect(text.status).toBeLessThan(500);
      const multipart = await ask(
        "POST",
        PAGE,
        { ...MULTIPART, "Next-Action": id, Accept: "text/x-component" },
        form([
          ["0", payload],
          ["1", payload],
        ]),
      );
      expect(multipart.status).toBeLessThan(500);
      expect((text.body + multipart.body).match(/\bat .*\(|node_modules|\.ts:\d/)).toBeNull();
    });
  }

  test("What the form was before comes from the sender too: nothing it may be is an error of ours.", async () => {
    const person = new Client(origin);
    await person.post("/sign-up", { email: freshEmail(), password: PASSWORD });
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const id = await actionId("/verify", cookie);
    const headers = { ...MULTIPART, Cookie: cookie, "Next-Action": id, Accept: "text/x-component" };
    for (const previous of ["null", '"$undefined"', '{"round":"$n5"}', '{"round":{}}', "1"])
      for (const [name, value] of [
        ["_1_code", ""],
        ["_1_code", "abc"],
        ["_1_method", "email"],
      ] as const) {
        const fields = form([
          [name, value],
          ["0", `[${previous},"$K1"]`],
        ]);
        expect((await ask("POST", "/verify", headers, fields)).status, `${previous} before ${name}=${value}`).toBe(200);
      }
  });

  for (const unknown of ["0".repeat(42), "x", "../../etc/passwd", "__proto__", "7f".repeat(21), "constructor"]) {
    test(`An action named ${unknown.slice(0, 16)} that does not exist is a client error.`, async () => {
      const answer = await ask("POST", PAGE, { Origin: origin, "Next-Action": unknown, "Content-Type": "text/plain;charset=UTF-8" }, "[]");
      expect([400, 404, 409]).toContain(answer.status);
    });
  }
});

test.describe("As forms send it: multipart fields", () => {
  const fields: Record<string, (id: string) => readonly (readonly [string, string])[]> = {
    "unknown action": () => [[`$ACTION_ID_${"0".repeat(42)}`, ""]],
    "named by a prototype": () => [["$ACTION_ID___proto__", ""]],
    "reference without its part": () => [["$ACTION_REF_1", ""]],
    "reference to nothing": (id) => [
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", `{"id":"${id}","bound":"$@9"}`],
    ],
    "bound arguments not an array": (id) => [
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", `{"id":"${id}","bound":"$@1"}`],
      ["$ACTION_1:1", "1"],
    ],
    "broken JSON": () => [
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", "{"],
    ],
    "bound deep arrays": (id) => [
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", `{"id":"${id}","bound":"$@1"}`],
      ["$ACTION_1:1", deep(9000)],
    ],
    "a key of another form": (id) => [
      ["$ACTION_KEY", "k1"],
      [`$ACTION_ID_${id}`, ""],
      ["$ACTION_KEY", "k2"],
    ],
    "many fields": (id) => [[`$ACTION_ID_${id}`, ""], ...Array.from({ length: 900 }, (_, at) => [`f${at}`, ""] as const)],
    "no field": () => [],
  };
  for (const [name, make] of Object.entries(fields)) {
    test(`A form of this kind never gets 500: ${name}.`, async () => {
      const answer = await ask("POST", PAGE, MULTIPART, form(make(await actionId())));
      expect(answer.status).toBeLessThan(500);
    });
  }

  test("Truncated, unbounded and mislabelled multipart bodies are client errors.", async () => {
    const whole = form([
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", `{"id":"${await actionId()}","bound":"$@1"}`],
    ]);
    for (const cut of [1, 20, 60, Math.floor(whole.length / 2), whole.length - 3]) {
      expect((await ask("POST", PAGE, MULTIPART, whole.slice(0, cut))).status).toBe(400);
    }
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=", `multipart/form-data; boundary=${"b".repeat(300)}`]) {
      const answer = await ask("POST", PAGE, { Origin: origin, "Content-Type": type }, whole);
      expect(answer.status, type).toBe(400);
    }
  });

  test("An old page whose action is gone is told so on a page for people, with 409.", async () => {
    const answer = await ask("POST", PAGE, MULTIPART, form([[`$ACTION_ID_${`40${"a".repeat(40)}`}`, ""]]));
    expect(answer.status).toBe(409);
    expect(answer.headers["content-type"]).toContain("text/html");
  });
});

test("After every malformed payload the process still answers at once.", async () => {
  const started = performance.now();
  expect((await speak(request("GET", "/api/health/live")))[0]?.status).toBe(200);
  expect(performance.now() - started).toBeLessThan(1000);
});
