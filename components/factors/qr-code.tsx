import { create } from "qrcode";

/** The quiet zone that readers need around a code, in modules (ISO/IEC 18004). */
const QUIET = 4;

/**
 * A QR code drawn on the server, so that its content is sent to no other site. Always dark on light, because some readers do not support the
 * inverse.
 */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const dark = Array.from({ length: size * size }, (_, at) => at).filter((at) => modules.data[at]);
  const path = dark.map((at) => `M${QUIET + (at % size)} ${QUIET + Math.floor(at / size)}h1v1h-1z`).join("");
  const whole = size + 2 * QUIET;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${whole} ${whole}`}
      shapeRendering="crispEdges"
      className="mt-3 w-56 max-w-full rounded-lg bg-white"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
