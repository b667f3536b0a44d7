-- What is wrong at the moment, and since when; told once when it begins, at most once an hour while it lasts, and once when it is over.
CREATE TABLE "conditions" (
  "kind" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "since" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "facts" JSONB NOT NULL,
  "ended_at" TIMESTAMPTZ(6),
  CONSTRAINT "conditions_pkey" PRIMARY KEY ("kind", "subject")
);
CREATE INDEX "conditions_ended_at_idx" ON "conditions"("ended_at");
CREATE TABLE "condition_notices" (
  "kind" TEXT NOT NULL,
  "told_at" TIMESTAMPTZ(6) NOT NULL,
  "owes_end" BOOLEAN NOT NULL,
  CONSTRAINT "condition_notices_pkey" PRIMARY KEY ("kind")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "conditions", "condition_notices" TO sekisho_app;
