import { knownUrl } from "../machine/bundled.ts";
import { existingSecrets } from "../machine/secrets.ts";

/** `npm run db:url`: prints only the URL, for `DATABASE_URL=$(npm run -s db:url)`. */
const secrets = existingSecrets();
const known = secrets && (await knownUrl(secrets));
if (!known) {
  console.error("There is no bundled database yet: npm start makes it.");
  process.exit(1);
}
if (!known.running) console.error("The database does not run at the moment; npm start starts it.");
console.log(known.url);
