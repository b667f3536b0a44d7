-- What only a person can have seen, with its proof: the copy of the keys outside (a fingerprint), and a backup that was restored (the day).
CREATE TABLE "seen_facts" (
  "id" BIGSERIAL NOT NULL,
  "name" TEXT NOT NULL CHECK ("name" IN ('keys', 'restored')),
  "value" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "seen_facts_pkey" PRIMARY KEY ("id")
);
GRANT SELECT, INSERT ON "seen_facts" TO sekisho_app;
GRANT USAGE ON SEQUENCE "seen_facts_id_seq" TO sekisho_app;
