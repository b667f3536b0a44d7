-- Hosts of other services, whose proxy asks who a request is from.
CREATE TABLE "sites" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "host" TEXT NOT NULL,
  "level" TEXT NOT NULL CHECK ("level" IN ('aal1', 'aal2', 'passkey')),
  "levels" JSONB NOT NULL DEFAULT '{}',
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "sites_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "sites_host_key" ON "sites"("host");

-- A session at one of these hosts: first a ticket that its browser exchanges once, then the token of the host's own cookie.
CREATE TABLE "site_sessions" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "site_id" UUID NOT NULL,
  "session_id" UUID NOT NULL,
  "ticket_hash" BYTEA,
  "ticket_until" TIMESTAMPTZ(6) NOT NULL,
  "browser_hash" BYTEA NOT NULL,
  "token_hash" BYTEA,
  CONSTRAINT "site_sessions_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "site_sessions_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "site_sessions_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "site_sessions_ticket_hash_key" ON "site_sessions"("ticket_hash");
CREATE UNIQUE INDEX "site_sessions_token_hash_key" ON "site_sessions"("token_hash");
CREATE INDEX "site_sessions_session_id_idx" ON "site_sessions"("session_id");
CREATE INDEX "site_sessions_site_id_idx" ON "site_sessions"("site_id");
GRANT SELECT, INSERT, UPDATE, DELETE ON "sites", "site_sessions" TO sekisho_app;
