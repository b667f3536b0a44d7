-- Services that sign their people in here (OpenID Connect Core 1.0), and what they were given. Secrets and tokens are hashed; payloads are sealed.
CREATE TABLE "openid_clients" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "secret_hash" BYTEA NOT NULL,
  "old_secret_hash" BYTEA,
  "old_secret_until" TIMESTAMPTZ(6),
  "redirect_uris" TEXT[],
  "post_logout_redirect_uris" TEXT[],
  "backchannel_logout_uri" TEXT,
  "first_party" BOOLEAN NOT NULL,
  "pairwise" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "last_used_at" TIMESTAMPTZ(6),
  CONSTRAINT "openid_clients_pkey" PRIMARY KEY ("id")
);

-- Authorisation requests, codes, tokens and the provider's own view of a session. Everything that belongs to a session ends with it.
CREATE TABLE "openid_items" (
  "id_hash" BYTEA NOT NULL,
  "model" TEXT NOT NULL,
  "payload_sealed" TEXT NOT NULL,
  "session_id" UUID,
  "client_id" TEXT,
  "grant_hash" BYTEA,
  "uid_hash" BYTEA,
  "consumed_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "openid_items_pkey" PRIMARY KEY ("id_hash"),
  CONSTRAINT "openid_items_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "openid_items_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "openid_clients"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "openid_items_session_id_idx" ON "openid_items"("session_id");
CREATE INDEX "openid_items_client_id_idx" ON "openid_items"("client_id");
CREATE INDEX "openid_items_grant_hash_idx" ON "openid_items"("grant_hash");
CREATE INDEX "openid_items_uid_hash_idx" ON "openid_items"("uid_hash");
CREATE INDEX "openid_items_expires_at_idx" ON "openid_items"("expires_at");

-- Which session signed in to which service. A row without a session is one whose service has still to be told that it ended.
CREATE TABLE "openid_logins" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "session_id" UUID,
  "client_id" TEXT NOT NULL,
  "sid" TEXT NOT NULL,
  "sub" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "openid_logins_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "openid_logins_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "openid_logins_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "openid_clients"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "openid_logins_session_id_client_id_key" ON "openid_logins"("session_id", "client_id");
CREATE INDEX "openid_logins_client_id_idx" ON "openid_logins"("client_id");
CREATE INDEX "openid_logins_created_at_idx" ON "openid_logins"("created_at");

-- What a person let a service of somebody else have.
CREATE TABLE "openid_consents" (
  "user_id" UUID NOT NULL,
  "client_id" TEXT NOT NULL,
  "scopes" TEXT[],
  "given_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "openid_consents_pkey" PRIMARY KEY ("user_id", "client_id"),
  CONSTRAINT "openid_consents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "openid_consents_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "openid_clients"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "openid_consents_client_id_idx" ON "openid_consents"("client_id");

-- However a session ends (sign-out, another device, staff, a reset, its time), the services that it signed in to are told by a job.
CREATE FUNCTION openid_login_ended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM openid_clients c WHERE c.id = NEW.client_id AND c.backchannel_logout_uri IS NOT NULL) THEN
    PERFORM graphile_worker.add_job('tell_logout', json_build_object('loginId', NEW.id), max_attempts => 12);
  ELSE
    DELETE FROM openid_logins WHERE id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "openid_logins_ended" AFTER UPDATE OF "session_id" ON "openid_logins" FOR EACH ROW
  WHEN (NEW."session_id" IS NULL AND OLD."session_id" IS NOT NULL) EXECUTE FUNCTION openid_login_ended();

-- ID tokens are signed with RS256, which every client understands; receipts stay with Ed25519.
ALTER TABLE "signing_keys" ADD COLUMN "algorithm" TEXT NOT NULL DEFAULT 'EdDSA';

-- What a step-up proved, in the words of a session's methods, so that a service can ask for a stronger factor by name.
ALTER TABLE "step_ups" ADD COLUMN "amr" TEXT[] NOT NULL DEFAULT '{}';

GRANT SELECT, INSERT, UPDATE, DELETE ON "openid_clients", "openid_items", "openid_logins", "openid_consents" TO sekisho_app;
