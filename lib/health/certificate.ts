import { connect } from "node:tls";
import { singleton } from "#lib/singleton";

/** How long the certificate of the site is still valid, as people's browsers see it: the proxy holds it, so it is read from outside. */

const READ_EVERY_MS = 3_600_000;
const ANSWER_MS = 3_000;
const DAY_MS = 86_400_000;

/** When the certificate of a host ends; null where nothing answers. The peer is not judged, because an ended certificate is what is looked for. */
const readEnd = (host: string, port: number): Promise<Date | null> =>
  new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      servername: /^[\d.:]+$/.test(host) ? undefined : host,
      rejectUnauthorized: false,
      timeout: ANSWER_MS,
    });
    const settle = (end: Date | null) => {
      socket.destroy();
      resolve(end);
    };
    socket.once("secureConnect", () => settle(new Date(socket.getPeerCertificate().valid_to ?? Number.NaN)));
    socket.once("timeout", () => settle(null));
    socket.once("error", () => settle(null));
  });

type Kept = { origin: string; readAt: number; end: Date | null };

/** Days until the certificate of an https origin ends, read at most once an hour; null for http and where it cannot be read. */
export async function certificateDays(origin: string): Promise<number | null> {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol !== "https:") return null;
  const kept = singleton("certificate", (): { value: Kept | null } => ({ value: null }));
  const at = performance.now();
  if (kept.value?.origin !== origin || at - kept.value.readAt > READ_EVERY_MS)
    kept.value = { origin, readAt: at, end: await readEnd(hostname.replace(/^\[|\]$/g, ""), Number(port || 443)) };
  const days = ((kept.value.end?.getTime() ?? Number.NaN) - Date.now()) / DAY_MS;
  return Number.isFinite(days) ? days : null;
}
