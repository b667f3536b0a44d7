import { json, read } from "#lib/web/api";
import { openapi } from "#lib/web/openapi";

export const GET = read(async () => json(openapi()));
