import type { ReactNode } from "react";
import { SignOut } from "#components/account/sign-out";
import { ContactLine } from "#components/contact";
import { Logo } from "#components/logo";
import { PhoneLink } from "#components/phone-link";
import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = {
  words: Words["common"];
  locale: string;
  name: string;
  /** The digest of the service's logo, in place of the product's mark. */
  logo: string | null;
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
export const Frame = ({ words, locale, name, logo, demo, real, links, setLocale, signOut, account, dock, children }: Props) => (
  // Content never makes the page wider than the window: the one column may be narrower than what is in it.
  <div className="frame grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_auto_1fr_auto] print:block print:min-h-0">
    <a className="absolute -top-16 left-4 z-10 rounded-lg bg-surface px-4 py-2 focus:top-4 print:hidden" href="#main">
      {words.skip}
    </a>
    {demo ? (
      <aside
        className="demo-banner border-b border-b-[color-mix(in_srgb,var(--kohaku)_40%,var(--paper))] bg-[color-mix(in_srgb,var(--kohaku)_14%,var(--paper))] px-5 py-[0.4rem] text-center text-sm leading-[1.6] print:hidden"
        aria-label={words.demoNotice}
      >
        {real ? words.demoReal : words.demo} {/* The phone's page needs no link to itself. */}
        <PhoneLink className="font-bold whitespace-nowrap text-inherit [body:has(.phone-page)_&]:hidden">{words.demoOpen}</PhoneLink>
      </aside>
    ) : (
      <div />
    )}
    <header className="site-header mx-auto flex w-full max-w-[72rem] flex-wrap items-center justify-between gap-4 px-5 pt-5 [body:has(#rooms)_&]:max-w-[80rem] [body:has(#rooms)_&]:px-4 max-md:[body:has(.phone-page)_&]:hidden">
      <a
        className="inline-flex min-h-11 items-center gap-2.5 font-mincho text-lg font-bold tracking-[0.22em] text-ink no-underline lang-en:tracking-[0.04em] [&_svg]:size-7 [&_svg]:text-shu"
        href="/"
      >
        <Logo digest={logo} />
        {name}
      </a>
      {account ? (
        <div className="flex min-w-0 flex-[1_1_12rem] items-center justify-end gap-3 [&_form]:flex-none">
          <bdi className="truncate text-sm text-ink-2">{account.email}</bdi>
          <SignOut action={signOut} label={words.signOut} />
        </div>
      ) : null}
    </header>
    {/* A container, because the demo phone beside the page leaves it less room than the window. */}
    <main id="main" tabIndex={-1} className="@container">
      {children}
    </main>
    <footer className="flex flex-wrap items-center justify-center gap-x-4 px-5 pt-10 pb-6 text-sm text-ink-2 *:inline-flex *:min-h-11 *:flex-wrap *:items-center *:gap-x-[0.35em] print:hidden">
      <a href="/">{name}</a>
      <a href="/not-arriving">{words.notArriving}</a>
      <a href="/sign-in-methods">{words.signInMethods}</a>
      <a href="/texts">{words.ourTexts}</a>
      <a href="/stop">{words.unexpected}</a>
      <a href="/lost-phone/status">{words.caseStatus}</a>
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
    <fieldset className="inline-flex items-center gap-1">
      <legend className="sr-only">{words.language}</legend>
      {(["ja", "en"] as const).map((one) => (
        <button
          type="submit"
          key={one}
          name="locale"
          value={one}
          lang={one}
          aria-current={one === locale ? "true" : undefined}
          className="min-h-11 px-3 text-ai underline underline-offset-[0.25em] aria-[current]:font-bold aria-[current]:text-ink aria-[current]:no-underline"
        >
          {words[one]}
        </button>
      ))}
    </fieldset>
  </form>
);
