import { signIn } from "#lib/accounts/sign-in";
import { opened } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { requestOrigin } from "#lib/web/origin";

export const POST = call(bodies.signIn, async (input) => opened(await signIn(input, await requestOrigin()), 200));
