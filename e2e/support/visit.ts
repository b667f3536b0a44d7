import { type Browser, type BrowserContext, expect } from "@playwright/test";
import type { Client } from "./api.ts";
import { Visitor } from "./person.ts";

/** How a browser is set up for a visit. */
export type Look = {
  scripts?: boolean;
  locale?: string;
  colorScheme?: "light" | "dark";
  width?: number;
  height?: number;
  reducedMotion?: "reduce" | "no-preference";
};

const judged = new Map<string, Set<string>>();

/** Runs a visitor whose browser must report no blocked script or style, no hydration mismatch and no error of the product. */
export async function visit(browser: Browser, url: string, look: Look, run: (visitor: Visitor) => Promise<void>): Promise<void> {
  const { scripts = true, locale = "ja-JP", colorScheme = "light", width = 390, height = 844, reducedMotion = "no-preference" } = look;
  const context = await browser.newContext({
    baseURL: url,
    javaScriptEnabled: scripts,
    locale,
    colorScheme,
    reducedMotion,
    viewport: { width, height },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => /Content Security Policy|hydrat/i.test(message.text()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const key = [url, scripts, locale, colorScheme, width].join();
  const seen = judged.get(key) ?? new Set<string>();
  judged.set(key, seen);
  await run(new Visitor(page, url, scripts, seen));
  expect(complaints).toEqual([]);
  await context.close();
}

/** Copies the cookies of an API client into a browser, so that a test starts at its own step. */
export async function adopt(context: BrowserContext, client: Client): Promise<void> {
  await context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: client.url })));
}
