/** placeholder replaced by the front door's */
export function markDatabaseUnavailable(): void {}
export function markActionEntered(): void {}
export function requestContext(): { id: string; clientIp: string } | undefined { return undefined; }
