import { z } from "zod";
import { schema } from "#lib/env";
import { about, groups } from "#lib/env/about";

/** The documents that follow from the schema of the environment: docs/configuration.md and .env.example. Pure. */

type Name = keyof typeof about;
type Shape = { default?: string | number; enum?: string[]; minimum?: number; maximum?: number };

const names = Object.keys(about) as Name[];
const shapeOf = (name: Name) => z.toJSONSchema(schema.shape[name], { io: "output", unrepresentable: "any" }) as Shape;

/** The values that a variable takes, where they are few or a range. */
function takes({ enum: values, minimum, maximum }: Shape): string {
  if (values) return values.map((value) => `\`${value}\``).join(", ");
  if (minimum === undefined) return "";
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

const row = (name: Name) => {
  const shape = shapeOf(name);
  const value = shape.default === undefined ? (about[name].unset ?? "") : `\`${shape.default}\``;
  return `| ${[`\`${name}\``, value, takes(shape), about[name].means].join(" | ")} |`.replaceAll("  ", " ");
};

const ofGroup = (group: string) => names.filter((name) => about[name].group === group);

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const sections = Object.entries(groups).map(
    ([group, title]) => `## ${title}\n| name | default | takes | means |\n|---|---|---|---|\n${ofGroup(group).map(row).join("\n")}\n`,
  );
  return `# Configuration

Everything is an environment variable, read once and checked at the start; a wrong one stops the start with its name. An empty variable counts as unset, and an unknown name that begins with \`SEKISHO_\` is refused. This page and \`.env.example\` are made by \`npm run configuration\` from \`lib/env.ts\` and \`lib/env/about.ts\`.

Machines that build for themselves need one common \`NEXT_SERVER_ACTIONS_ENCRYPTION_KEY\` (\`openssl rand -base64 32\`) beside these. The proxy in front terminates TLS, passes the \`Host\` of \`APP_URL\`, and closes idle connections before 20 seconds. More in [operations.md](operations.md).

${sections.join("\n")}`;
}

/** The text of .env.example: every variable as a comment, with its default. */
export function envExample(): string {
  const entry = (name: Name) => `# ${about[name].means.replaceAll("`", "")}\n# ${name}=${shapeOf(name).default ?? ""}\n`;
  const sections = Object.entries(groups).map(([group, title]) => `## ${title}\n\n${ofGroup(group).map(entry).join("\n")}`);
  return `# Every variable with its default, made by \`npm run configuration\`; docs/configuration.md says more.\n\n${sections.join("\n")}`;
}
