import { getTranslations } from "next-intl/server";
import { type Line, lines, passes, type Scene, type System, systems } from "#lib/console/rehearsal-rule";
import { isOnItsWay, type Rehearsal } from "#lib/console/rehearsals";

/** Every handset of the guide, in the order of its table. */
export const handsets = lines.flatMap((line) => systems.map((system) => ({ key: `${line}-${system}` as const, line, system })));

/** The names of handsets, scenes and rehearsals in the language of the request. */
export async function rehearsalNames() {
  const t = await getTranslations("consoleRehearse");
  const handset = (line: Line, system: System) => t("name", { line: t(`line_${line}`), system: t(`system_${system}`) });
  const scene = (name: Scene) => t(`scene_${name}`);
  return {
    handset,
    scene,
    of: (row: Rehearsal) => (row.scene === "handset" ? (row.line && row.system ? handset(row.line, row.system) : "") : scene(row.scene)),
  };
}

/** How the rehearsal of a scene stands: it passed, it failed, or its result is still to come. */
export const standingOf = (row: Rehearsal): "passed" | "failed" | "waiting" | null =>
  row.scene === "handset" ? null : passes(row.scene, row) ? "passed" : isOnItsWay(row) ? "waiting" : "failed";
