import NextAuth from "next-auth";
import { authOptions } from "#lib/web/next-auth";

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth may read and end sessions; its sign-in, callbacks and pages are closed. */
const open: Record<string, readonly string[]> = { GET: ["session", "csrf"], POST: ["signout"] };

const handle = async (request: Request, context: Context): Promise<Response> => {
  const { nextauth } = await context.params;
  if (nextauth.length !== 1 || !open[request.method]?.includes(nextauth[0] ?? "")) return new Response(null, { status: 404 });
  return NextAuth(authOptions())(request, context) as Promise<Response>;
};

export { handle as GET, handle as POST };
