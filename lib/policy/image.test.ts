import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageOf } from "#lib/policy/image";
import { logoProblem } from "#lib/policy/logo";
import { jpegOf, pngOf, webpOf } from "#lib/testing/images";

describe("An image is known by its bytes", () => {
  it.each([
    ["PNG", pngOf(120, 40), "image/png"],
    ["JPEG, after its other segments", jpegOf(120, 40), "image/jpeg"],
    ["lossy WebP", webpOf("VP8 ", 120, 40), "image/webp"],
    ["lossless WebP", webpOf("VP8L", 120, 40), "image/webp"],
    ["extended WebP", webpOf("VP8X", 120, 40), "image/webp"],
  ])("as %s with its size", (_, bytes, type) => {
    expect(imageOf(bytes)).toEqual({ type, width: 120, height: 40 });
    expect(logoProblem(bytes)).toBeNull();
  });

  it.each([
    ["an SVG, which may carry a script", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ["a page", Buffer.from("<!doctype html><script>alert(1)</script>")],
    ["a GIF", Buffer.from("GIF89a\x10\0\x10\0\0\0\0;", "latin1")],
    ["a PNG without its first chunk", pngOf(120, 40).subarray(0, 20)],
    ["nothing", Buffer.alloc(0)],
  ])("and %s is none", (_, bytes) => {
    expect(imageOf(bytes)).toBeNull();
    expect(logoProblem(bytes)).toBe("invalid_input");
  });

  it("and any bytes are judged without an error", () => {
    const heads = [pngOf(20, 20), jpegOf(20, 20), webpOf("VP8X", 20, 20)].map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.nat(40), fc.uint8Array({ maxLength: 200 }), (head, at, tail) => {
        imageOf(Uint8Array.from([...head.subarray(0, at), ...tail]));
      }),
    );
  });
});

describe("A logo", () => {
  it("has sides of 16 to 1024 pixels", () => {
    expect([pngOf(15, 40), pngOf(1025, 40), pngOf(0xffffffff, 40)].map(logoProblem)).toEqual(Array(3).fill("invalid_input"));
    expect([pngOf(16, 16), pngOf(1024, 1024)].map(logoProblem)).toEqual([null, null]);
  });

  it("has 256 KiB at most", () => {
    expect(logoProblem(Buffer.concat([pngOf(64, 64), Buffer.alloc(256 * 1024)]))).toBe("too_large");
  });
});
