-- When a callback that the operator had sent to the account's own receipt address last arrived, so that the set-up guide tells it from the truth.
ALTER TABLE "provider_accounts" ADD COLUMN "callback_seen_at" TIMESTAMPTZ(6);
