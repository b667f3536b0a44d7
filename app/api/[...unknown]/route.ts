import { problem } from "#lib/web/api";

const unknown = () => problem({ code: "not_found" });

export { unknown as DELETE, unknown as GET, unknown as POST };
