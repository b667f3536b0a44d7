import { signUp } from "#lib/accounts/sign-up";
import { opened } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { requestOrigin } from "#lib/web/origin";

export const POST = call(bodies.signUp, async (input) => opened(await signUp(input, await requestOrigin()), 202));
