/** The request context as the web layer sees it; the store itself is `lib/request.ts`. */
export { markActionEntered, markDatabaseUnavailable, type RequestContext, requestContext } from "#lib/request";
