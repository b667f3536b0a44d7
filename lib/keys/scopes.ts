/** Pure: what a key may do. A call names the one scope that it needs. */
export const scopes = ["verify"] as const;
export type Scope = (typeof scopes)[number];

export const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);
