/** Formats a Japanese number in the national style; returns any other address unchanged. */
export function written(address: string): string {
  const mobile = /^\+81([789]0)(\d{4})(\d{4})$/.exec(address);
  if (mobile) return `0${mobile[1]}-${mobile[2]}-${mobile[3]}`;
  const landline = /^\+81([36])(\d{4})(\d{4})$/.exec(address);
  return landline ? `0${landline[1]}-${landline[2]}-${landline[3]}` : address;
}
