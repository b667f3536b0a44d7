import type { BodyProblem } from "#lib/delivery/wording/templates";
import type { CodeTemplate, Locale } from "#lib/delivery/wording/texts";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";

/** `npm run texts -- list|preview|set|reset`: changes the wording of texts within its limits and counts the segments. */

const USAGE = `npm run texts -- list                              every text as it is sent now, with its units of 70
npm run texts -- preview PURPOSE LANGUAGE "BODY"   how a body would look, and whether it may be used
npm run texts -- set PURPOSE LANGUAGE "BODY"       use it from the next text on
npm run texts -- reset PURPOSE LANGUAGE            back to the text that comes with the product

PURPOSE: sign-up, bind-phone, sign-in.  LANGUAGE: ja, en.
BODY has each of {service} {purpose} {code} {minutes} {warning} once; \\n is a new line. The last line that lets a browser fill the code in is added where it has room.`;

const wordsOf = (problem: BodyProblem): string => {
  switch (problem.problem) {
    case "place_missing":
      return `{${problem.place}} is missing.`;
    case "place_repeated":
      return `{${problem.place}} may stand there once only.`;
    case "place_unknown":
      return `{${problem.place}} is not known.`;
    case "link":
      return "A link or domain may not be in it: carriers filter such texts, and people learn to tap on them.";
    case "reserved_line":
      return "@ at the start of a line and # are kept for the line that browsers read.";
    case "control":
      return "Invisible characters, empty lines and spaces at the ends may not be in it.";
    case "too_long":
      return `${problem.units} units, ${problem.of} are allowed: a longer text is sent, and paid, twice.`;
  }
};

const purposeArgument = (template: CodeTemplate): string => template.slice(5).toLowerCase().replaceAll("_", "-");

function read(
  codeTemplates: readonly CodeTemplate[],
  args: string[],
  most: number,
): { template: CodeTemplate; locale: Locale; body: string } {
  const [purpose = "", locale = "", body = ""] = args;
  if (args.length > most)
    throw new CommandRefusal(`"${args[most]}" is too much${most === 3 ? ": a body is one argument, in quotes" : ""}.`);
  const template = codeTemplates.find((one) => purposeArgument(one) === purpose);
  if (!template || (locale !== "ja" && locale !== "en")) throw new CommandRefusal(USAGE);
  return { template, locale, body: body.replaceAll("\\n", "\n") };
}

async function show(template: CodeTemplate, locale: Locale, body: string, own: boolean) {
  const { bodyProblem, preview } = await import("#lib/delivery/wording/templates");
  const { serviceOf } = await import("#lib/delivery/wording/service");
  const { codeWords } = await import("#lib/purposes/messages");
  const seen = preview(body, codeWords[template], locale, serviceOf(locale));
  const problem = bodyProblem(body, codeWords[template], locale, serviceOf(locale));
  const bound = seen.originBound ? "with the line for browsers" : "no room for the line for browsers";
  console.log(`${purposeArgument(template)} ${locale}${own ? " (your own)" : ""}: ${seen.units} of ${seen.of} units, ${bound}`);
  for (const line of seen.text.split("\n")) console.log(`  │ ${line}`);
  console.log(problem ? `  It cannot be used: ${wordsOf(problem)}\n` : "");
  return !problem;
}

async function obey([verb, ...rest]: string[]): Promise<number> {
  const { ownBodies, resetBody, setBody, shippedBody } = await import("#lib/delivery/wording/templates");
  const { codeTemplates, codeWords } = await import("#lib/purposes/messages");
  const { serviceOf } = await import("#lib/delivery/wording/service");
  const { transaction } = await import("#lib/db/sql");
  if (verb === "list") {
    if (rest.length > 0) throw new CommandRefusal(`"${rest[0]}" is too much.`);
    const own = await ownBodies();
    for (const locale of ["ja", "en"] as const)
      for (const template of codeTemplates) {
        const mine = own.find((row) => row.template === template && row.locale === locale);
        await show(template, locale, mine?.body ?? shippedBody(locale), !!mine);
      }
    return 0;
  }
  if (!["preview", "set", "reset"].includes(verb ?? "")) throw new CommandRefusal(`There is no command ${verb}.\n\n${USAGE}`);
  const { template, locale, body } = read(codeTemplates, rest, verb === "reset" ? 2 : 3);
  if (verb === "preview") return (await show(template, locale, body, false)) ? 0 : 1;
  if (verb === "reset") {
    await transaction((tx) => resetBody(tx, { template, locale, by: atTheCommandLine() }));
    await show(template, locale, shippedBody(locale), false);
    return 0;
  }
  const set = await transaction((tx) =>
    setBody(tx, { template, locale, by: atTheCommandLine() }, { body, purpose: codeWords[template], service: serviceOf(locale) }),
  );
  if (!set.ok) throw new CommandRefusal(`Nothing was changed: ${wordsOf(set.error)}`);
  await show(template, locale, body, true);
  return 0;
}

await untilStopped(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes("--help")) {
    console.log(USAGE);
    return stopAll(args.length === 0 ? 1 : 0);
  }
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  await stopAll(await obey(args));
});
