-- When an operator was last told that an account's receipts do not come.
ALTER TABLE "provider_accounts" ADD COLUMN "silence_told_at" TIMESTAMPTZ(6);
-- The last hour's attempts are looked at every few minutes; rows come in the order of their time.
CREATE INDEX "delivery_attempts_started_at_idx" ON "delivery_attempts" USING BRIN ("started_at");
-- "same" was filled in as the default of every SMPP account; which base its ids are in is decided for each receipt now.
UPDATE "provider_accounts" SET "settings" = "settings" - 'messageIds' WHERE "kind" = 'smpp' AND "settings"->>'messageIds' = 'same';
