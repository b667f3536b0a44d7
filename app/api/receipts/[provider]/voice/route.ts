import { answerCall } from "#lib/delivery/callbacks";
import { problem, read } from "#lib/web/api";
import { callbackOf } from "#lib/web/callback";

type Context = { params: Promise<{ provider: string }> };

/** What a call says after its key was pressed; 403 for anybody but the provider that makes the call. */
export const POST = (request: Request, { params }: Context): Promise<Response> =>
  read(async () => {
    const said = await answerCall((await params).provider, await callbackOf(request));
    if (!said) return problem({ code: "forbidden_origin" });
    return new Response(said.body, { headers: { "content-type": said.contentType, "cache-control": "no-store" } });
  })(request);
