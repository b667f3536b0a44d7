-- One act with its values, proven by a second factor of its own and used once (SU-04).
CREATE TABLE "confirmations" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "session_id" UUID NOT NULL,
  "challenge_id" UUID NOT NULL,
  "act" TEXT NOT NULL,
  "unit" TEXT NOT NULL,
  "amount" TEXT NOT NULL,
  "payee" TEXT NOT NULL,
  "reference" TEXT NOT NULL,
  "digest" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "confirmed_at" TIMESTAMPTZ(6),
  "used_at" TIMESTAMPTZ(6),
  "receipt" TEXT,
  CONSTRAINT "confirmations_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "confirmations_used_after_proof" CHECK ("used_at" IS NULL OR "confirmed_at" IS NOT NULL),
  CONSTRAINT "confirmations_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "confirmations_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "confirmations_challenge_id_key" ON "confirmations"("challenge_id");
CREATE INDEX "confirmations_user_id_idx" ON "confirmations"("user_id");
CREATE INDEX "confirmations_expires_at_idx" ON "confirmations"("expires_at");

-- The keys that sign receipts. Public halves are never withdrawn: nobody but the owner may delete a row.
CREATE TABLE "signing_keys" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "position" BIGINT GENERATED ALWAYS AS IDENTITY,
  "kid" TEXT NOT NULL,
  "public_jwk" JSONB NOT NULL,
  "private_sealed" TEXT,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "signing_keys_position_key" ON "signing_keys"("position");
CREATE UNIQUE INDEX "signing_keys_kid_key" ON "signing_keys"("kid");

-- A browser that skips the second factor at sign-in: a family of tokens, of which one is live and the used ones tell a copy (TD-01).
CREATE TABLE "trusted_devices" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "token_hash" BYTEA NOT NULL,
  "user_id" UUID NOT NULL,
  "epoch" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "last_used_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "user_agent" TEXT,
  CONSTRAINT "trusted_devices_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "trusted_devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "trusted_devices_token_hash_key" ON "trusted_devices"("token_hash");
CREATE INDEX "trusted_devices_user_id_idx" ON "trusted_devices"("user_id");
CREATE INDEX "trusted_devices_expires_at_idx" ON "trusted_devices"("expires_at");
CREATE TABLE "spent_trusted_devices" (
  "token_hash" BYTEA NOT NULL,
  "device_id" UUID NOT NULL,
  "spent_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "spent_trusted_devices_pkey" PRIMARY KEY ("token_hash"),
  CONSTRAINT "spent_trusted_devices_device_id_fkey" FOREIGN KEY ("device_id") REFERENCES "trusted_devices"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "spent_trusted_devices_device_id_idx" ON "spent_trusted_devices"("device_id");

-- Whatever proves an account changed, so no browser of it is trusted any more (TD-02): a kind of factor that comes later cannot forget it.
CREATE FUNCTION trusted_devices_end() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM trusted_devices WHERE user_id = coalesce(NEW.user_id, OLD.user_id);
  RETURN NULL;
END $$;
CREATE TRIGGER "authenticators_added" AFTER INSERT ON "authenticators" FOR EACH ROW
  WHEN (NEW."verified_at" IS NOT NULL) EXECUTE FUNCTION trusted_devices_end();
CREATE TRIGGER "authenticators_removed" AFTER DELETE ON "authenticators" FOR EACH ROW
  WHEN (OLD."verified_at" IS NOT NULL) EXECUTE FUNCTION trusted_devices_end();
CREATE TRIGGER "authenticators_changed" AFTER UPDATE OF "verified_at", "disabled_at" ON "authenticators" FOR EACH ROW
  WHEN (OLD."verified_at" IS DISTINCT FROM NEW."verified_at" OR OLD."disabled_at" IS DISTINCT FROM NEW."disabled_at")
  EXECUTE FUNCTION trusted_devices_end();

GRANT SELECT, INSERT, UPDATE, DELETE ON "confirmations", "trusted_devices", "spent_trusted_devices" TO sekisho_app;
GRANT SELECT, INSERT, UPDATE ON "signing_keys" TO sekisho_app;
GRANT USAGE ON SEQUENCE "signing_keys_position_seq" TO sekisho_app;
