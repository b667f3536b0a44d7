import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";
import { Client, freshEmail, freshNumber, PASSWORD } from "./api.ts";

/** A user at a browser: fills in forms by the names of their fields and reads the demo phone. */
export class Visitor {
  readonly page: Page;
  readonly email = freshEmail();
  readonly number = freshNumber();
  private readonly inbox: Client;
  private readonly scripts: boolean;
  /** Pages that axe has checked in this look, so that each page is checked once; states are checked on request. */
  private readonly judged: Set<string>;

  constructor(page: Page, url: string, scripts: boolean, judged: Set<string>) {
    this.page = page;
    this.inbox = new Client(url);
    this.scripts = scripts;
    this.judged = judged;
  }

  /** A field by its name, which is what the site promises of it. */
  field = (name: string): Locator => this.page.locator(`[name="${name}"]`).first();

  get main(): Locator {
    return this.page.getByRole("main");
  }

  /** The error summary or the notice of the page. */
  get alert(): Locator {
    return this.main.getByRole("alert").filter({ hasText: /\S/ });
  }

  /** The delivery line of the waiting page. */
  get line(): Locator {
    return this.main.getByRole("list", { name: /^(送信の状況|Delivery)$/ });
  }

  get recoveryCodes(): Locator {
    return this.page.getByRole("list", { name: /リカバリーコード|recovery codes/ }).getByRole("listitem");
  }

  /** The link of the demo banner: a page of its own, or the panel in a wide window. */
  get phoneLink(): Locator {
    return this.page.getByRole("link", { name: /^(デモの電話を開く|Open the demo phone)$/ });
  }

  /** The demo phone beside the site. */
  get dock(): Locator {
    return this.page.getByRole("complementary", { name: /^(デモの電話|Demo phone)$/ });
  }

  /** What the demo phone has received, newest first. */
  get messages(): Locator {
    return this.page.getByRole("region", { name: /^(メッセージ|Messages)$/ }).locator("> ol > li");
  }

  /** The call on the demo phone, ringing or answered. */
  get call(): Locator {
    return this.page.getByRole("region", { name: /^(着信中|通話中|Incoming call|On the phone)$/ });
  }

  /** Waits for a page by its path and, with scripts enabled, runs axe (WCAG 2.2 AA). */
  async at(path: string): Promise<void> {
    await this.page.waitForURL((url) => url.pathname === path);
    await expect(this.page).toHaveTitle(/./);
    const page = `${path} ${await this.page.getByRole("heading", { level: 1 }).innerText()}`;
    if (!this.judged.has(page)) await this.clean();
    this.judged.add(page);
  }

  /** Expects that axe finds no violation on the current page. */
  async clean(): Promise<void> {
    await expect(this.page).toHaveTitle(/./);
    if (!this.scripts) return;
    // The legacy mode opens no second page for each run; it differs only for frames, which the product does not use.
    const { violations } = await new AxeBuilder({ page: this.page })
      .options({ resultTypes: ["violations"] })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .setLegacyMode()
      .analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`),
      this.page.url(),
    ).toEqual([]);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.at(path.split("?")[0] ?? path);
  }

  /** Fills in the form with these fields and submits it by its own button. */
  async send(fields: Record<string, string | true>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      await (value === true ? this.field(name).check() : this.field(name).fill(value));
    }
    const [first] = Object.keys(fields);
    await this.submit(first ?? "");
  }

  /** Submits the form that has this field by its own button. */
  submit = (name: string): Promise<void> => this.page.locator(`form:has([name="${name}"]) > button[type="submit"]`).click();

  async refused(): Promise<string> {
    await expect(this.alert).toBeFocused();
    await this.clean();
    return this.alert.innerText();
  }

  async code(to: string, after?: string): Promise<string> {
    const { code } = await this.inbox.message(to, after);
    return code ?? "";
  }

  /** Returns the time of the newest message, to wait for a later one. */
  latest = async (to: string): Promise<string> => (await this.inbox.message(to)).at;

  async signUp(): Promise<void> {
    await this.open("/sign-up");
    await this.send({ email: this.email, password: PASSWORD });
    await this.at("/verify");
    await this.send({ code: await this.code(this.email) });
    await this.at("/sign-up/phone");
    await this.send({ number: this.number, acceptRisk: true });
    await this.at("/verify");
    await this.send({ code: await this.code(this.number) });
    await this.at("/recovery-codes");
    await this.send({ saved: true });
    await this.at("/account");
  }

  async passPassword(): Promise<string> {
    const before = await this.latest(this.number);
    await this.open("/sign-in");
    await this.send({ identifier: this.email, password: PASSWORD });
    await this.at("/verify");
    return this.code(this.number, before);
  }

  signOut = () =>
    this.page
      .getByRole("banner")
      .getByRole("button", { name: /^(ログアウト|Sign out)$/ })
      .click();
}
