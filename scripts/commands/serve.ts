import { env } from "#lib/env";
import { ensureBuild } from "../machine/build.ts";
import { dataFolder, rememberPort } from "../machine/place.ts";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { onStop, untilStopped } from "../machine/stop.ts";

/** `npm start` and `npm run dev`: start the server of a clone with installed dependencies. */
async function serve() {
  const { folder } = await prepareEnvironment({ listens: true });
  await prepareDatabase({ serves: true });
  if (process.env.SEKISHO_DEV !== "1") await ensureBuild();
  const { startServer } = await import("../../server.ts");
  const server = await startServer();
  onStop(() => server.stop());
  if (folder) rememberPort(env().PORT);
  announce(folder, await setUpUrl());
  process.send?.({ ready: env().publicOrigin });
}

/** The one-time page that makes the first administrator of a demo; null in production, and once there is one. */
async function setUpUrl(): Promise<string | null> {
  const { demo, publicOrigin } = env();
  if (!demo) return null;
  const { hasAdministrator, invitePath, inviteStaff } = await import("#lib/staff/invites");
  if (await hasAdministrator()) return null;
  const { transaction } = await import("#lib/db/sql");
  return `${publicOrigin}${invitePath(await transaction((tx) => inviteStaff(tx, { email: null, role: "administrator", by: "demo" })))}`;
}

function announce(folder: string | undefined, setUp: string | null) {
  const { demo, publicOrigin, PORT } = env();
  const lines = [`Sekisho is ready:  ${publicOrigin}`];
  if (demo) lines.push(`Demo phone:        ${publicOrigin}/demo/phone  (every text, call and e-mail arrives here)`);
  else lines.push(`Listening on port: ${PORT}`);
  if (setUp) lines.push(`Administrator:     ${setUp}  (makes the first one; works once, for an hour)`);
  if (folder) lines.push(`Database:          ${folder}`);
  if (folder) lines.push(`Secrets:           ${dataFolder()}`);
  lines.push("Stop with Ctrl-C; the data stays.");
  console.log(`\n${lines.join("\n")}\n`);
}

await untilStopped(serve);
