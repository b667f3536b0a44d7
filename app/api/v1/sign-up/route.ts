import { z } from "zod";
import { signUp } from "#lib/accounts/sign-up";
import { opened } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { requestOrigin } from "#lib/web/origin";

const body = z.object({ email: z.string().max(512), password: z.string().max(4096), locale: z.enum(["ja", "en"]).default("ja") });

export const POST = call(body, async (input) => opened(await signUp(input, await requestOrigin()), 202));
