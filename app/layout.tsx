import type { Viewport } from "next";
import { cookies } from "next/headers";
import { getLocale, getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Dock } from "#components/demo/dock";
import { Frame } from "#components/frame";
import { realAccounts } from "#lib/delivery/provider-accounts/real-accounts";
import { accentKey } from "#lib/web/accent";
import { sessionOfFrame } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { setLocaleAction } from "./locale/actions";
import { signOutAction } from "./sign-out/actions";
import "./globals.css";

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f2e8" },
    { media: "(prefers-color-scheme: dark)", color: "#14120e" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const locale = await getLocale();
  const { common, demo: phone } = await getMessages();
  const { demo, name, logo, accent, senderNumber, ...links } = site(common.brand);
  const session = await sessionOfFrame();
  const { title, close, wholePage } = phone;
  const dock = demo ? (
    <Dock
      wasOpen={(await cookies()).get("demo-phone")?.value === "open"}
      sender={senderNumber ?? ""}
      locale={locale}
      words={{ title, close, wholePage }}
    />
  ) : null;
  return (
    <html lang={locale}>
      {accent ? <link rel="stylesheet" href={`/service-colours?v=${accentKey(accent)}`} precedence="service" /> : null}
      <body>
        <Frame
          words={common}
          locale={locale}
          name={name}
          logo={logo}
          demo={demo}
          real={demo && realAccounts()}
          links={links}
          setLocale={setLocaleAction}
          signOut={signOutAction}
          account={session && { email: session.user.email, form: sessionForm(session) }}
          dock={dock}
        >
          {children}
        </Frame>
      </body>
    </html>
  );
}
