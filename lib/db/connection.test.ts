import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("Every connection of the product is opened with the settings of a kind, but the one that asks for the version of a server.", () => {
  const sources = globSync("{lib,scripts}/**/*.ts", { exclude: (path) => /generated/.test(String(path)) }).filter(
    (file) => !/\.test\.ts$/.test(file) && !/^(?:lib\/testing|scripts\/(?:test|bench))\//.test(file),
  );
  const opened = sources.flatMap((file) => {
    const source = readFileSync(file, "utf8");
    return [...source.matchAll(/new (?:pg\.Client|pg\.Pool|PatientPool)\(([\s\S]*?)\);/g)].map(([, config = ""]) => ({ file, config }));
  });
  expect(opened.length).toBeGreaterThan(4);
  const bare = opened.filter(({ config }) => !/optionsOf\(|poolSettings\(/.test(config)).map(({ file }) => file);
  expect(bare).toEqual(["lib/db/version.ts"]);
});
