-- What other systems present: a key with its scopes, countries and daily budget. Its secrets are hashed; two live for the overlap of a rotation.
CREATE TABLE "api_keys" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "name" TEXT NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "countries" TEXT[],
  "sends_per_day" INTEGER,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "removed_at" TIMESTAMPTZ(6),
  CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "api_keys_sends_per_day" CHECK ("sends_per_day" > 0)
);
CREATE UNIQUE INDEX "api_keys_name_key" ON "api_keys"("name") WHERE "removed_at" IS NULL;
CREATE TABLE "api_key_secrets" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "key_id" UUID NOT NULL,
  "hash" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6),
  "last_used_at" TIMESTAMPTZ(6),
  CONSTRAINT "api_key_secrets_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "api_key_secrets_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "api_key_secrets_hash_key" ON "api_key_secrets"("hash");
CREATE INDEX "api_key_secrets_key_id_idx" ON "api_key_secrets"("key_id");
-- Rotations of one key come one after the other: at most one secret has no end.
CREATE UNIQUE INDEX "api_key_secrets_current" ON "api_key_secrets"("key_id") WHERE "expires_at" IS NULL;

-- A number that another system asks to be proven: the account-less part of its challenge, whose id it has and with which it goes.
CREATE TABLE "verifications" (
  "id" UUID NOT NULL,
  "key_id" UUID NOT NULL,
  "number_sealed" TEXT NOT NULL,
  "country" TEXT NOT NULL,
  "voice_only" BOOLEAN NOT NULL,
  "client" TEXT,
  "idempotency_hash" BYTEA,
  "request_hash" BYTEA,
  "act" TEXT,
  "amount" TEXT,
  "unit" TEXT,
  "payee" TEXT,
  "reference" TEXT,
  "digest" BYTEA,
  CONSTRAINT "verifications_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "verifications_id_fkey" FOREIGN KEY ("id") REFERENCES "challenges"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "verifications_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "verifications_act_whole" CHECK (num_nulls("act", "amount", "unit", "payee", "reference", "digest") IN (0, 6))
);
CREATE UNIQUE INDEX "verifications_idempotency" ON "verifications"("key_id", "idempotency_hash");

GRANT SELECT, INSERT, UPDATE, DELETE ON "api_keys", "api_key_secrets", "verifications" TO sekisho_app;
