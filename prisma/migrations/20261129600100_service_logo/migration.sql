-- Logos that an operator has uploaded, by the digest of their bytes; the setting "service" names the one that is shown.
CREATE TABLE "logos" (
  "digest" BYTEA NOT NULL,
  "type" TEXT NOT NULL CHECK ("type" IN ('image/png', 'image/jpeg', 'image/webp')),
  "bytes" BYTEA NOT NULL CHECK (octet_length("bytes") <= 262144),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "logos_pkey" PRIMARY KEY ("digest")
);
GRANT SELECT, INSERT, DELETE ON "logos" TO sekisho_app;
