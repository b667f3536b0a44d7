-- Provider accounts are data: how a text leaves the house is changed without a deployment. Secrets are sealed for the row they lie in.
CREATE TABLE "provider_accounts" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "base_url" TEXT,
  "sender" TEXT,
  "settings" JSONB NOT NULL DEFAULT '{}',
  "secrets_sealed" TEXT,
  "price_per_segment" DECIMAL(10,4),
  "version" INTEGER NOT NULL DEFAULT 1,
  "disabled_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "provider_accounts_pkey" PRIMARY KEY ("id"),
  -- The name is part of the address of its receipts.
  CONSTRAINT "provider_accounts_name_shape" CHECK ("name" ~ '^[a-z0-9][a-z0-9-]{0,31}$')
);
CREATE UNIQUE INDEX "provider_accounts_name_key" ON "provider_accounts"("name");

-- Who carries what to where, in which order: lower positions first, equal positions share by weight; '*' stands for every allowed country.
CREATE TABLE "provider_routes" (
  "account_id" UUID NOT NULL,
  "channel" "channel" NOT NULL,
  "country" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "weight" INTEGER NOT NULL DEFAULT 1,
  CONSTRAINT "provider_routes_pkey" PRIMARY KEY ("account_id", "channel", "country"),
  CONSTRAINT "provider_routes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "provider_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "provider_routes_shape" CHECK ("country" ~ '^(\*|[A-Z]{2})$' AND "channel" <> 'EMAIL' AND "weight" BETWEEN 1 AND 100)
);

-- The circuit breaker of a provider and channel, shared by all workers; no row means well.
CREATE TABLE "provider_health" (
  "account_id" UUID NOT NULL,
  "channel" "channel" NOT NULL,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "trips" INTEGER NOT NULL DEFAULT 0,
  "down_until" TIMESTAMPTZ(6),
  "reason" TEXT,
  CONSTRAINT "provider_health_pkey" PRIMARY KEY ("account_id", "channel"),
  CONSTRAINT "provider_health_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "provider_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The demo network's two providers are accounts like any other, in demo mode alone.
INSERT INTO "provider_accounts" ("name", "kind") VALUES ('demo', 'demo'), ('demo-2', 'demo');
INSERT INTO "provider_routes" ("account_id", "channel", "country", "position")
  SELECT a.id, c::channel, '*', CASE a.name WHEN 'demo' THEN 1000 ELSE 1010 END FROM provider_accounts a, unnest(ARRAY['SMS', 'VOICE']) c;

ALTER TABLE "delivery_attempts" ADD COLUMN "account_id" UUID,
  ADD COLUMN "ended_at" TIMESTAMPTZ(6),
  ADD COLUMN "segments" INTEGER,
  ADD COLUMN "price" DECIMAL(10,4),
  ADD CONSTRAINT "delivery_attempts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "provider_accounts"("id") ON DELETE SET NULL ON UPDATE CASCADE;
UPDATE "delivery_attempts" SET "ended_at" = "status_at";
DROP INDEX "delivery_attempts_provider_provider_ref_idx";
CREATE INDEX "delivery_attempts_account_id_provider_ref_idx" ON "delivery_attempts"("account_id", "provider_ref");

-- A copy of what a real provider was given: its state is that of the attempt.
ALTER TABLE "demo_messages" ADD COLUMN "copied" BOOLEAN NOT NULL DEFAULT false;

-- What an operator changed in the texts; absent means the text that the product ships.
CREATE TABLE "text_templates" (
  "template" TEXT NOT NULL,
  "locale" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "text_templates_pkey" PRIMARY KEY ("template", "locale")
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "provider_accounts", "provider_routes", "provider_health", "text_templates" TO sekisho_app;
