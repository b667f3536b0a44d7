/** A stream of SMPP cut into frames; it keeps nothing but the beginning of an unfinished one. */

/** Octets of the longest frame that is believed: a receipt with a whole `message_payload` fits. */
export const LONGEST = 70_000;
const SHORTEST = 16;
/** Octets of `command_length`, the first field of a frame. */
const LENGTH = 4;

/**
 * Returns what takes the chunks of one connection and gives back the frames they complete; null says that a frame's length cannot
 * be one, so nothing after it can be understood and the connection is of no more use.
 */
export function framing(): (chunk: Buffer) => Buffer[] | null {
  let parts: Buffer[] = [];
  let have = 0;
  let wanted = LENGTH;
  return (chunk) => {
    parts.push(chunk);
    have += chunk.length;
    // Chunks are joined only when they complete something: a frame that comes octet by octet is not copied for each of them.
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
