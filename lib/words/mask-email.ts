/** Masks an address so that only its owner recognises it: two letters and the domain, `ha•••@example.jp`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return `${[...email.slice(0, at)].slice(0, 2).join("")}•••${email.slice(at)}`;
}
