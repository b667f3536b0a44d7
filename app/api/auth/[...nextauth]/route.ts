import { cookies } from "next/headers";
import NextAuth from "next-auth";
import { isSocialProvider } from "#lib/social/providers";
import { authOptions } from "#lib/web/next-auth";
import { leadToProvider, returnFromProvider } from "#lib/web/social";

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth may read and end sessions; its own sign-in, callbacks and pages are closed. */
const open: Record<string, readonly string[]> = { GET: ["session", "csrf"], POST: ["signout"] };

const handle = async (request: Request, context: Context): Promise<Response> => {
  const { nextauth } = await context.params;
  const [act = "", provider] = nextauth;
  if (request.method === "GET" && nextauth.length === 2 && isSocialProvider(provider)) {
    if (act === "signin") return leadToProvider(provider);
    const jar = Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value]));
    if (act === "callback") return returnFromProvider(provider, Object.fromEntries(new URL(request.url).searchParams), jar);
  }
  if (nextauth.length !== 1 || !open[request.method]?.includes(act)) return new Response(null, { status: 404 });
  return NextAuth(authOptions())(request, context) as Promise<Response>;
};

export { handle as GET, handle as POST };
