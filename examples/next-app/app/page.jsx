import { getServerSession } from "next-auth";
import { options } from "../options.js";

/** Who is signed in, or the way to sign in. */
export default async function Page() {
  const session = await getServerSession(options);
  return (
    <main>
      <h1>お買い物</h1>
      {session ? (
        <p>{session.user.email} さん、こんにちは。</p>
      ) : (
        <p>
          <a href="/api/auth/signin">ログイン</a>
        </p>
      )}
    </main>
  );
}
