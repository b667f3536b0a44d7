-- How far the installation is from sealing without an owner to sealing with one (decision 025). For a quarter of an hour instances of the
-- version before may run beside new ones; they cannot read what is sealed with its owner. A database without values has nothing to wait for.
CREATE TABLE "seal_format" (
  "id" BOOLEAN NOT NULL DEFAULT true,
  "owner_from" TIMESTAMPTZ(6) NOT NULL,
  "complete_at" TIMESTAMPTZ(6),
  CONSTRAINT "seal_format_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "seal_format_one_row" CHECK ("id")
);
INSERT INTO "seal_format" ("owner_from", "complete_at")
  SELECT CASE WHEN used THEN now() + interval '15 minutes' ELSE now() END, CASE WHEN NOT used THEN now() END
  FROM (SELECT EXISTS (SELECT 1 FROM "users") OR EXISTS (SELECT 1 FROM "challenges") OR EXISTS (SELECT 1 FROM "demo_messages")
            OR EXISTS (SELECT 1 FROM "provider_accounts" WHERE "secrets_sealed" IS NOT NULL) AS used) u;

-- The application may close the old format and not open it again. A minute later, because a request that has read a value just before it was
-- written with its owner still has to open it.
GRANT SELECT ON "seal_format" TO sekisho_app;
CREATE FUNCTION complete_seal_format() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS
  $$ UPDATE seal_format SET complete_at = now() + interval '1 minute' WHERE complete_at IS NULL AND owner_from <= now() $$;

-- The clean-up and the watch over conversion find messages by their age.
CREATE INDEX "messages_created_at_idx" ON "messages" ("created_at");
