import { getTranslations } from "next-intl/server";
import { Badge, type Tone } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Row, Rows } from "#components/ui/rows";
import { type Scene, scenes } from "#lib/console/rehearsal-rule";
import { ofScene, type Rehearsal } from "#lib/console/rehearsals";
import { whenWords } from "#lib/web/when";
import { rehearsalNames, standingOf } from "./names";

const tones: Record<"passed" | "failed" | "waiting" | "notYet", Tone> = {
  passed: "good",
  failed: "warn",
  waiting: "neutral",
  notYet: "neutral",
};

/** The rehearsals of what goes wrong, each with its newest result. */
export async function Scenes({ rows, may, accounts }: { rows: readonly Rehearsal[]; may: boolean; accounts: number }) {
  const t = await getTranslations("consoleRehearse");
  return (
    <section aria-labelledby="scenes" className="mt-10">
      <h2 id="scenes" className="text-lg">
        {t("scenes")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("scenesLead")}</p>
      <Rows className="mt-3">
        {scenes.map((scene) => (
          <One key={scene} scene={scene} row={ofScene(rows, scene)} may={may && (scene !== "first_off" || accounts > 1)} />
        ))}
      </Rows>
    </section>
  );
}

async function One({ scene, row, may }: { scene: Scene; row: Rehearsal | null; may: boolean }) {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  const when = await whenWords();
  const standing = (row && standingOf(row)) ?? "notYet";
  return (
    <Row
      title={<b>{names.scene(scene)}</b>}
      badges={<Badge tone={tones[standing]}>{t(standing)}</Badge>}
      meta={row ? [when(row.at), row.by ?? "–"] : null}
      actions={
        <>
          {row ? (
            <Button href={`/admin/setup/rehearse/${row.id}`} kind="quiet">
              {t("look")}
            </Button>
          ) : null}
          {may ? (
            <a
              className="button quiet small"
              href={`/admin/setup/rehearse/send?scene=${scene}`}
              aria-label={t("beginFor", { name: names.scene(scene) })}
            >
              {t("begin")}
            </a>
          ) : null}
        </>
      }
    >
      <p className="text-sm text-ink-2">{t(`do_${scene}`)}</p>
    </Row>
  );
}
