import { takeReceipt } from "#lib/delivery/callbacks";
import { noContent, problem, read } from "#lib/web/api";
import { callbackOf } from "#lib/web/callback";

type Context = { params: Promise<{ provider: string }> };

/** A delivery receipt: 204 once it is stored, 403 without the provider's proof, 422 for what cannot be read. */
export const POST = (request: Request, { params }: Context): Promise<Response> =>
  read(async () => {
    const taken = await takeReceipt((await params).provider, await callbackOf(request));
    if (taken === "accepted") return noContent();
    return problem({ code: taken === "malformed" ? "invalid_input" : "forbidden_origin" });
  })(request);
