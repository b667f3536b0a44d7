import type { ReactNode } from "react";
import { SignOut } from "#components/account/sign-out";
import { ContactLine } from "#components/contact";
import { Mark } from "#components/mark";
import { PhoneLink } from "#components/phone-link";
import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = {
  words: Words["common"];
  locale: string;
  name: string;
  demo: boolean;
  /** In demo mode: provider accounts also send real texts. */
  real: boolean;
  links: { contact: Contact | null; terms: string | null; privacy: string | null };
  setLocale: (form: FormData) => Promise<void>;
  signOut: (form: FormData) => Promise<void>;
  /** The signed-in account with the form name of its session. */
  account: { email: string; form: string } | null;
  dock?: ReactNode;
  children: ReactNode;
};

/** The frame of every page: skip link, demo banner, mark, content, contact, documents and language switch. */
export const Frame = ({ words, locale, name, demo, real, links, setLocale, signOut, account, dock, children }: Props) => (
  <div className="frame">
    <a className="skip" href="#main">
      {words.skip}
    </a>
    {demo ? (
      <aside className="demo-banner" aria-label={words.demoNotice}>
        {real ? words.demoReal : words.demo} <PhoneLink>{words.demoOpen}</PhoneLink>
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
      <a href="/stop">{words.unexpected}</a>
      {links.terms ? <a href={links.terms}>{words.terms}</a> : null}
      {links.privacy ? <a href={links.privacy}>{words.privacy}</a> : null}
      {links.contact ? <ContactLine contact={links.contact} words={words} /> : null}
      <LanguageSwitch words={words} locale={locale} setLocale={setLocale} form={account?.form} />
    </footer>
    {dock}
  </div>
);

type SwitchProps = Pick<Props, "words" | "locale" | "setLocale"> & { form: string | undefined };

/** The language switch is a form: it works without JavaScript, and a GET changes nothing. */
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
