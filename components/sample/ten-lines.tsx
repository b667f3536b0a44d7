/** The lines by which a site asks for a confirmation, and by which its server judges the receipt. */
export const tenLines = (origin: string, payee: string): string[] => [
  'const headers = { "Content-Type": "application/json" };',
  'const post = async (path, body) => (await fetch("/api/v1" + path, { method: "POST", headers, body: JSON.stringify(body) })).json();',
  `const act = { act: "points_exchange", unit: "pt", amount: "5000", payee: ${JSON.stringify(payee)}, reference: order.id };`,
  'const { id } = await post("/confirmations", act);',
  'await post("/challenge/verify", { code: await askForCode() });',
  'const { receipt } = await post("/confirmations/" + id + "/use", act);',
  'import { createRemoteJWKSet, jwtVerify } from "jose"; // from here on at the shop, on its server',
  `const keys = createRemoteJWKSet(new URL("${origin}/.well-known/jwks.json"));`,
  `const { payload } = await jwtVerify(receipt, keys, { issuer: "${origin}", algorithms: ["EdDSA"], typ: "confirmation-receipt+jwt" });`,
  'if (payload.reference !== order.id || payload.amount !== "5000") throw new Error("another order");',
];

/** The ten lines, to be read and copied. */
export const TenLines = ({ label, lines }: { label: string; lines: readonly string[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard (WCAG 2.1.1)
  <section aria-label={label} tabIndex={0} data-scrolls className="mt-3 overflow-x-auto rounded-lg border border-line bg-sunk px-4 py-3">
    <pre className="font-mono text-[0.8125rem] leading-[1.7]">
      <code>{lines.join("\n")}</code>
    </pre>
  </section>
);
