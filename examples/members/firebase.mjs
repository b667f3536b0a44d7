// Turns `firebase auth:export users.json --format=json` into a file for `npm run import`. The four values are the project's hash parameters
// (console: Authentication > Users > the menu over the list); with the signer key and this file passwords can be guessed, so keep neither.
// SIGNER_KEY=… SALT_SEPARATOR=… ROUNDS=8 MEM_COST=14 node firebase.mjs < users.json > members.json
import { text } from "node:stream/consumers";

const { SIGNER_KEY, SALT_SEPARATOR, ROUNDS = "8", MEM_COST = "14" } = process.env;
if (!SIGNER_KEY || !SALT_SEPARATOR) {
  console.error("Set SIGNER_KEY and SALT_SEPARATOR to the project's hash parameters.");
  process.exit(1);
}

const hashOf = ({ passwordHash, salt }) =>
  passwordHash && salt ? `$fbscrypt$v=1,n=${MEM_COST},r=${ROUNDS},p=1,ss=${SALT_SEPARATOR},sk=${SIGNER_KEY}$${salt}$${passwordHash}` : "";

const { users } = JSON.parse(await text(process.stdin));
// Closed accounts and accounts without an address stay behind.
const members = users.filter(({ email, disabled }) => email && !disabled);
const rows = members.map((user) => ({ email: user.email, password_hash: hashOf(user), phone: user.phoneNumber ?? "" }));
console.log(JSON.stringify(rows, null, 1));
