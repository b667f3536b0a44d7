import { z } from "zod";
import { signIn } from "#lib/accounts/sign-in";
import { opened } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { requestOrigin } from "#lib/web/origin";

const body = z.object({ identifier: z.string().max(512), password: z.string().max(4096) });

export const POST = call(body, async (input) => opened(await signIn(input, await requestOrigin()), 200));
