import type { ButtonHTMLAttributes, ReactNode } from "react";

/** The waiting page loads `button` and `link` with its script, so both stay short names in forms.css. */
const kinds = {
  primary: "button",
  secondary: "button quiet",
  quiet: "link inline-flex items-center",
  danger: "button border-shu bg-transparent text-shu hover:bg-shu/8",
};

type Look = {
  kind?: keyof typeof kinds;
  /** As wide as its words instead of its container. */
  small?: boolean;
  className?: string;
  children: ReactNode;
};
type Link = Look & { href: string; target?: "_blank"; download?: boolean };
type Press = Look & { href?: undefined } & Pick<
    ButtonHTMLAttributes<HTMLButtonElement>,
    "type" | "name" | "value" | "form" | "aria-label" | "aria-describedby" | "aria-disabled"
  >;

/** A button, or a link that looks like one when it has an `href`. Links lead to a page, buttons change something. */
export function Button({ kind = "primary", small = false, className = "", children, ...rest }: Link | Press) {
  const look = `${kinds[kind]} ${small && kind !== "quiet" ? "small" : ""} ${className}`.replace(/ +/g, " ").trim();
  if (rest.href !== undefined)
    return (
      <a {...rest} rel={rest.target ? "noopener" : undefined} className={look}>
        {children}
      </a>
    );
  return (
    <button type="submit" {...rest} className={look}>
      {children}
    </button>
  );
}
