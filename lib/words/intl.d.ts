import type { Words } from "#lib/words/ja";

declare module "use-intl" {
  interface AppConfig {
    Locale: "ja" | "en";
    Messages: Words;
  }
}
