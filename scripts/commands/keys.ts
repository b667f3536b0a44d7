import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run keys -- list|rotate|fingerprint`: the keys that sign receipts of confirmations, and the fingerprint of `APP_KEYS`. */

const USAGE = `npm run keys -- list      the keys that ever signed receipts, the newest first
npm run keys -- rotate    signs with a new key from now on; the old one stays published, its private half is erased
npm run keys -- fingerprint   8 characters of the active key of APP_KEYS: run it with the copy that you keep outside, and enter them at /admin/setup/go-live`;

await untilStopped(async () => {
  const [name = "list", ...more] = process.argv.slice(2);
  if (name === "--help" || name === "-h") {
    console.log(USAGE);
    return stopAll(0);
  }
  if (!["list", "rotate", "fingerprint"].includes(name) || more.length > 0)
    throw new CommandRefusal(`There is no command ${name}.\n\n${USAGE}`);
  await prepareEnvironment({ listens: false });
  silenceLog();
  if (name === "fingerprint") {
    const { keyFingerprint } = await import("#lib/crypto/proofs");
    console.log(keyFingerprint());
    return stopAll(0);
  }
  await prepareDatabase();
  const { listSigningKeys, rotateSigningKey } = await import("#lib/db/signing-keys");
  if (name === "rotate") console.log(`Receipts are signed by ${await rotateSigningKey()} from now on.\n`);
  const keys = await listSigningKeys();
  const lines = keys.map(({ kid, createdAt, signs }) => `${kid}  ${createdAt.toISOString().slice(0, 16)}Z${signs ? "  signs" : ""}`);
  console.log(lines.length > 0 ? lines.join("\n") : "No receipt was signed yet; the first confirmation makes a key.");
  await stopAll(0);
});
