import type { ReactNode } from "react";
import { SignOut } from "#components/account/sign-out";
import { Mark } from "#components/mark";
import { PhoneLink } from "#components/phone-link";
import type { Words } from "#lib/words/ja";

type Props = {
  words: Words["common"];
  locale: string;
  name: string;
  demo: boolean;
  setLocale: (form: FormData) => Promise<void>;
  signOut: (form: FormData) => Promise<void>;
  /** The signed-in account, with the name of its session for what acts on it. */
  account: { email: string; form: string } | null;
  /** The demo phone beside the page. */
  dock?: ReactNode;
  children: ReactNode;
};

/** What stands around every page: skip link, demo banner, mark, content, language switch. */
export const Frame = ({ words, locale, name, demo, setLocale, signOut, account, dock, children }: Props) => (
  <div className="frame">
    <a className="skip" href="#main">
      {words.skip}
    </a>
    {demo ? (
      <aside className="demo-banner" aria-label={words.demoOpen}>
        {words.demo} <PhoneLink>{words.demoOpen}</PhoneLink>
      </aside>
    ) : (
      <div />
    )}
    <header className="site-header">
      <a className="brand" href="/">
        <Mark />
        {name}
      </a>
      {account ? (
        <div className="signed-in">
          <bdi>{account.email}</bdi>
          <SignOut action={signOut} label={words.signOut} />
        </div>
      ) : null}
    </header>
    <main id="main" tabIndex={-1}>
      {children}
    </main>
    <footer className="site-footer">
      <a href="/">{name}</a>
      <a href="/not-arriving">{words.notArriving}</a>
      <LanguageSwitch words={words} locale={locale} setLocale={setLocale} form={account?.form} />
    </footer>
    {dock}
  </div>
);

type SwitchProps = Pick<Props, "words" | "locale" | "setLocale"> & { form: string | undefined };

/** A form, so that it works without JavaScript and changes nothing on a GET. */
export const LanguageSwitch = ({ words, locale, setLocale, form }: SwitchProps) => (
  <form action={setLocale} name="language">
    {form ? <input type="hidden" name="form" value={form} /> : null}
    <fieldset className="language">
      <legend className="sr-only">{words.language}</legend>
      {(["ja", "en"] as const).map((one) => (
        <button type="submit" key={one} name="locale" value={one} lang={one} aria-current={one === locale ? "true" : undefined}>
          {words[one]}
        </button>
      ))}
    </fieldset>
  </form>
);
