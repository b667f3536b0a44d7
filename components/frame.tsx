import type { ReactNode } from "react";
import { Mark } from "#components/mark";
import { PhoneLink } from "#components/phone-link";
import type { Words } from "#lib/words/ja";

type Props = {
  words: Words["common"];
  locale: string;
  name: string;
  demo: boolean;
  setLocale: (form: FormData) => Promise<void>;
  /** The demo phone beside the page. */
  dock?: ReactNode;
  children: ReactNode;
};

/** What stands around every page: skip link, demo banner, mark, content, language switch. */
export const Frame = ({ words, locale, name, demo, setLocale, dock, children }: Props) => (
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
    </header>
    <main id="main" tabIndex={-1}>
      {children}
    </main>
    <footer className="site-footer">
      <a href="/">{name}</a>
      <a href="/not-arriving">{words.notArriving}</a>
      <LanguageSwitch words={words} locale={locale} setLocale={setLocale} />
    </footer>
    {dock}
  </div>
);

type SwitchProps = Pick<Props, "words" | "locale" | "setLocale">;

/** A form, so that it works without JavaScript and changes nothing on a GET. */
export const LanguageSwitch = ({ words, locale, setLocale }: SwitchProps) => (
  <form action={setLocale} name="language">
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
