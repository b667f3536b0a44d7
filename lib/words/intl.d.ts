import type { Words } from "#lib/words/ja";

declare module "next-intl" {
  interface AppConfig {
    Locale: "ja" | "en";
    Messages: Words;
  }
}
