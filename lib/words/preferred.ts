/** Returns the preferred one of the two languages in an `Accept-Language` header (RFC 9110 12.5.4); Japanese if it names neither. */
export function preferred(header: string | null): "ja" | "en" {
  const quality = { ja: 0, en: 0 };
  for (const part of (header ?? "").slice(0, 512).split(",")) {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const language = tag.split("-")[0];
    const weight = Number(
      parameters
        .find((one) => one.trim().startsWith("q="))
        ?.trim()
        .slice(2) ?? 1,
    );
    if ((language === "ja" || language === "en") && weight > quality[language]) quality[language] = weight;
  }
  return quality.en > quality.ja ? "en" : "ja";
}
