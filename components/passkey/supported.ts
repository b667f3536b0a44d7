/** Whether this browser has passkeys at all. */
export const hasPasskeys = (): boolean => typeof window !== "undefined" && "PublicKeyCredential" in window;
