/** Splits an SMPP stream into frames; it stores only the start of an incomplete one. */

/** Maximum octets of a frame; a receipt with a full `message_payload` fits. */
export const LONGEST = 70_000;
const SHORTEST = 16;
/** Octets of `command_length`, the first field of a frame. */
const LENGTH = 4;

/**
 * Returns a function that takes a connection's chunks and returns the completed frames. Null means an impossible frame length, after which the
 * stream cannot be parsed.
 */
export function framing(): (chunk: Buffer) => Buffer[] | null {
  let parts: Buffer[] = [];
  let have = 0;
  let wanted = LENGTH;
  return (chunk) => {
    parts.push(chunk);
    have += chunk.length;
    // Chunks are joined only when they complete a frame, so that a frame in single octets is not copied for each of them.
    if (have < wanted) return [];
    const frames: Buffer[] = [];
    let rest = Buffer.concat(parts, have);
    for (;;) {
      wanted = rest.length < LENGTH ? LENGTH : rest.readUInt32BE(0);
      if (rest.length >= LENGTH && (wanted < SHORTEST || wanted > LONGEST)) return null;
      if (rest.length < wanted) break;
      frames.push(rest.subarray(0, wanted));
      rest = rest.subarray(wanted);
    }
    parts = [rest];
    have = rest.length;
    return frames;
  };
}
