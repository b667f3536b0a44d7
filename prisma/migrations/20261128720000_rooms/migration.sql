-- What each day was like, counted by a job, so that the overview reads 28 rows and not the log. Days are those of Japan.
CREATE TABLE "daily_figures" (
  "day" DATE NOT NULL,
  "sign_ups" INTEGER NOT NULL,
  "sign_ins" INTEGER NOT NULL,
  "by_sms" INTEGER NOT NULL,
  "by_voice" INTEGER NOT NULL,
  "by_app" INTEGER NOT NULL,
  "by_passkey" INTEGER NOT NULL,
  "by_recovery_code" INTEGER NOT NULL,
  "asked" INTEGER NOT NULL,
  "proven" INTEGER NOT NULL,
  "sent" INTEGER NOT NULL,
  "delivered" INTEGER NOT NULL,
  "undelivered" INTEGER NOT NULL,
  "seconds" DOUBLE PRECISION,
  "open_cases" INTEGER NOT NULL,
  "counted_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "daily_figures_pkey" PRIMARY KEY ("day")
);
GRANT SELECT, INSERT, UPDATE ON "daily_figures" TO sekisho_app;

-- A day of the log. Events are only appended, so a few pages name a range of the table.
CREATE INDEX "audit_events_at_brin" ON "audit_events" USING BRIN ("at") WITH (pages_per_range = 32, autosummarize = on);

-- Accounts by the beginning of their address, in the order of bytes: no pattern is built from what is typed.
CREATE INDEX "users_email_beginning_idx" ON "users"("email" text_pattern_ops);

-- A search of the console names what was looked for by its keyed hash.
GRANT INSERT ("identifier_hash") ON "audit_events" TO sekisho_app;
