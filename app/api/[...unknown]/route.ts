/** Answers paths under /api that no route serves. */
const unknown = () =>
  Response.json(
    { type: "about:blank", title: "Not found", status: 404, code: "not_found" },
    { status: 404, headers: { "cache-control": "no-store", "content-type": "application/problem+json" } },
  );

export { unknown as DELETE, unknown as GET, unknown as POST };
