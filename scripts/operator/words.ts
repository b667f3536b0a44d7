import type { AccountLine } from "#lib/delivery/accounts";

/** What the operator's commands print. */

export const USAGE = `npm run provider -- add NAME --kind KIND [options]      enter an account; secrets as below
npm run provider -- change NAME [options]               change what is named; with --secrets its secrets too
npm run provider -- list [NAME] [--json]                the accounts in the order in which texts ask them
npm run provider -- kinds                               the kinds, with their settings and secrets ([optional]); docs/providers.md says more
npm run provider -- test NAME +8190… [--channel voice] [--wait 60]   a real text or call through this account, followed to its receipt
npm run provider -- order NAME [NAME …] [--channel sms|voice] [--country JP]   these first, in this order
npm run provider -- disable|enable|remove NAME

Options: --channels sms,voice  --countries JP,US|*  --order N  --weight 1-100  --price YEN  --sender NUMBER  --base-url URL  --set name=value …
A secret called authToken is asked for at a terminal, or read from PROVIDER_AUTH_TOKEN, or from a line authToken=… of standard input.`;

const channelsOf = (line: AccountLine) =>
  [...new Set(line.routes.map((route) => route.channel))].map((channel) => {
    const routes = line.routes.filter((route) => route.channel === channel);
    const countries = routes.map((route) => `${route.country}${route.weight > 1 ? `×${route.weight}` : ""}`).join(", ");
    return `${channel.toLowerCase()} to ${countries} at ${[...new Set(routes.map((route) => route.position))].join(", ")}`;
  });

const stateOf = (line: AccountLine) =>
  line.disabled
    ? "disabled"
    : line.down.length > 0
      ? line.down.map((one) => `${one.channel.toLowerCase()} down until ${one.until} (${one.reason})`).join("; ")
      : "in use";

/** One account as a block of lines; secrets by name only. */
export function describe(line: AccountLine): string {
  const rows: [string, string][] = [
    ["state", stateOf(line)],
    ["routes", channelsOf(line).join("; ") || "none"],
    ["sender", line.sender ?? ""],
    ["price", line.price === null ? "" : `${line.price} yen per segment`],
    ["base URL", line.baseUrl ?? ""],
    [
      "settings",
      Object.entries(line.settings)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(" "),
    ],
    ["secrets", line.secrets.length > 0 ? `sealed (${line.secrets.join(", ")})` : ""],
    ["receipts", line.receipts ?? ""],
  ];
  const body = rows.filter(([, value]) => value !== "").map(([label, value]) => `  ${label.padEnd(9)} ${value}`);
  return [`${line.name}  ${line.kind}`, ...body].join("\n");
}
