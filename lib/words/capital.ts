/** Returns a text with its first letter as a capital, as a heading or a label needs a word that also stands within sentences. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
