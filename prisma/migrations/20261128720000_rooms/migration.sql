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
  "refused" JSONB NOT NULL,
  "counted_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "daily_figures_pkey" PRIMARY KEY ("day")
);
GRANT SELECT, INSERT, UPDATE ON "daily_figures" TO sekisho_app;

-- The accounts that caused the most texts and calls of a day.
CREATE TABLE "daily_senders" (
  "day" DATE NOT NULL,
  "user_id" UUID NOT NULL,
  "texts" INTEGER NOT NULL,
  CONSTRAINT "daily_senders_pkey" PRIMARY KEY ("day", "user_id"),
  CONSTRAINT "daily_senders_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "daily_senders_user_id_idx" ON "daily_senders"("user_id");
GRANT SELECT, INSERT, UPDATE, DELETE ON "daily_senders" TO sekisho_app;

-- A day of the log. Events are only appended, so a few pages name a range of the table.
CREATE INDEX "audit_events_at_brin" ON "audit_events" USING BRIN ("at") WITH (pages_per_range = 32, autosummarize = on);

-- Accounts by the beginning of their address, in the order of bytes: no pattern is built from what is typed.
CREATE INDEX "users_email_beginning_idx" ON "users"("email" text_pattern_ops);

-- A search of the console names what was looked for by its keyed hash.
GRANT INSERT ("identifier_hash") ON "audit_events" TO sekisho_app;

-- Numbers that a second account has claimed.
CREATE INDEX "phones_shared_idx" ON "phones"("number_hash") WHERE "slot" > 1;
