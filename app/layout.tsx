import type { Viewport } from "next";
import { getLocale, getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Frame } from "#components/frame";
import { site } from "#lib/web/site";
import { setLocaleAction } from "./locale/actions";
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
  const { common } = await getMessages();
  const { demo, name } = site(common.brand);
  return (
    <html lang={locale}>
      <body>
        <Frame words={common} locale={locale} name={name} demo={demo} setLocale={setLocaleAction}>
          {children}
        </Frame>
      </body>
    </html>
  );
}
