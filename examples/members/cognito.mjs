// Turns `aws cognito-idp list-users --user-pool-id POOL --output json` into a file for `npm run import`. Cognito gives no hashes, so people set a
// password by "forgot password".
// node cognito.mjs < users.json > members.json
import { text } from "node:stream/consumers";

const { Users } = JSON.parse(await text(process.stdin));
const attribute = ({ Attributes = [] }, name) => Attributes.find(({ Name }) => Name === name)?.Value ?? "";
// Closed accounts and accounts without an address stay behind.
const members = Users.filter((user) => user.Enabled !== false && attribute(user, "email"));
const rows = members.map((user) => ({ email: attribute(user, "email"), password_hash: "", phone: attribute(user, "phone_number") }));
console.log(JSON.stringify(rows, null, 1));
