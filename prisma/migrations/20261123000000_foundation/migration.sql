-- The role of the application owns nothing: the role that migrates owns everything. Connections of the application start with `-c role=sekisho_app`.
DO $$ BEGIN
  CREATE ROLE sekisho_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT sekisho_app TO %I', current_user);
END $$;

-- One clock. The offset is the demo clock's and stays 0 in production.
CREATE TABLE "clock" (
  "id" BOOLEAN NOT NULL DEFAULT true,
  "offset_seconds" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "clock_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "clock_one_row" CHECK ("id")
);
INSERT INTO "clock" DEFAULT VALUES;
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS
  $$ SELECT now() + make_interval(secs => (SELECT offset_seconds FROM clock)) $$;

CREATE TYPE "purpose" AS ENUM ('SIGN_UP', 'BIND_PHONE', 'SIGN_IN', 'STEP_UP', 'RESET_PASSWORD', 'RECOVER');
CREATE TYPE "channel" AS ENUM ('SMS', 'VOICE', 'EMAIL');
CREATE TYPE "delivery_status" AS ENUM ('queued', 'sent', 'delivered', 'undelivered', 'failed');

CREATE TABLE "users" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "email" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "locale" TEXT NOT NULL,
  "roles" TEXT[] DEFAULT ARRAY[]::TEXT[],
  "audit_subject" UUID NOT NULL DEFAULT gen_random_uuid(),
  "factor_failures" INTEGER NOT NULL DEFAULT 0,
  "locked_until" TIMESTAMPTZ(6),
  "recovery_failures" INTEGER NOT NULL DEFAULT 0,
  "recovery_disabled_at" TIMESTAMPTZ(6),
  "recovery_sealed" TEXT,
  "recovery_confirmed_at" TIMESTAMPTZ(6),
  "disabled_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "users_counters" CHECK ("factor_failures" >= 0 AND "recovery_failures" >= 0)
);
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
CREATE UNIQUE INDEX "users_audit_subject_key" ON "users"("audit_subject");

CREATE TABLE "phones" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "number_sealed" TEXT NOT NULL,
  "number_hash" BYTEA NOT NULL,
  "slot" INTEGER,
  "country" TEXT NOT NULL,
  "channel" "channel" NOT NULL,
  "voice_only" BOOLEAN NOT NULL DEFAULT false,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "disabled_at" TIMESTAMPTZ(6),
  "risk_accepted_at" TIMESTAMPTZ(6) NOT NULL,
  "risk_notice_version" INTEGER NOT NULL,
  "verified_at" TIMESTAMPTZ(6),
  "last_used_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "phones_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "phones_counters" CHECK ("failures" >= 0),
  -- A number is claimed by proof alone: a slot and the proof come together.
  CONSTRAINT "phones_slot_is_proven" CHECK (("slot" IS NULL) = ("verified_at" IS NULL) AND ("slot" IS NULL OR "slot" BETWEEN 1 AND 5)),
  CONSTRAINT "phones_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "phones_number_hash_slot_key" ON "phones"("number_hash", "slot");
CREATE INDEX "phones_user_id_idx" ON "phones"("user_id");

CREATE TABLE "recovery_codes" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "selector" BYTEA NOT NULL,
  "hash" TEXT NOT NULL,
  "used_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "recovery_codes_user_id_selector_key" ON "recovery_codes"("user_id", "selector");

CREATE TABLE "challenges" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "token_hash" BYTEA NOT NULL,
  "purpose" "purpose" NOT NULL,
  "user_id" UUID,
  "email" TEXT,
  "password_hash" TEXT,
  "locale" TEXT NOT NULL,
  "return_to" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "sends" INTEGER NOT NULL DEFAULT 0,
  "sends_refunded" INTEGER NOT NULL DEFAULT 0,
  "current_channel" "channel",
  "current_phone_id" UUID,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "consumed_at" TIMESTAMPTZ(6),
  "voided_at" TIMESTAMPTZ(6),
  CONSTRAINT "challenges_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "challenges_counters" CHECK ("attempts" BETWEEN 0 AND 5 AND "sends" >= 0 AND "sends_refunded" BETWEEN 0 AND 2),
  CONSTRAINT "challenges_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "challenges_token_hash_key" ON "challenges"("token_hash");
CREATE INDEX "challenges_email_idx" ON "challenges"("email");
CREATE INDEX "challenges_expires_at_idx" ON "challenges"("expires_at");
-- One live challenge per account and purpose: opening a new one voids the old one first.
CREATE UNIQUE INDEX "challenges_one_live" ON "challenges"("user_id", "purpose") WHERE "consumed_at" IS NULL AND "voided_at" IS NULL;

CREATE TABLE "challenge_codes" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "challenge_id" UUID NOT NULL,
  "phone_id" UUID,
  "sealed" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "challenge_codes_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "challenge_codes_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "challenge_codes_phone_id_fkey" FOREIGN KEY ("phone_id") REFERENCES "phones"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- One code per challenge and authenticator, whatever races: a resend repeats it.
CREATE UNIQUE INDEX "challenge_codes_one_per_authenticator" ON "challenge_codes"("challenge_id", "phone_id") NULLS NOT DISTINCT;
CREATE INDEX "challenge_codes_phone_id_idx" ON "challenge_codes"("phone_id");

CREATE TABLE "sessions" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "token_hash" BYTEA NOT NULL,
  "user_id" UUID NOT NULL,
  "challenge_id" UUID,
  "amr" TEXT[],
  "authenticated_at" TIMESTAMPTZ(6) NOT NULL,
  "last_seen_at" TIMESTAMPTZ(6) NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "ip" TEXT,
  "user_agent" TEXT,
  CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "sessions_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");
CREATE UNIQUE INDEX "sessions_challenge_id_key" ON "sessions"("challenge_id");
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

CREATE TABLE "messages" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "challenge_id" UUID,
  "user_id" UUID,
  "phone_id" UUID,
  "template" TEXT NOT NULL,
  "channel" "channel" NOT NULL,
  "locale" TEXT NOT NULL,
  "status" "delivery_status" NOT NULL DEFAULT 'queued',
  "reason" TEXT,
  "status_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "messages_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "messages_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "messages_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "messages_challenge_id_idx" ON "messages"("challenge_id");
CREATE INDEX "messages_user_id_idx" ON "messages"("user_id");

CREATE TABLE "delivery_attempts" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "message_id" UUID NOT NULL,
  "provider" TEXT NOT NULL,
  "provider_ref" TEXT,
  "status" "delivery_status" NOT NULL DEFAULT 'queued',
  "reason" TEXT,
  "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "status_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "delivery_attempts_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "delivery_attempts_message_id_idx" ON "delivery_attempts"("message_id");
CREATE INDEX "delivery_attempts_provider_provider_ref_idx" ON "delivery_attempts"("provider", "provider_ref");

CREATE TABLE "limit_hits" (
  "id" BIGSERIAL NOT NULL,
  "policy" TEXT NOT NULL,
  "subject" BYTEA NOT NULL,
  "owner" UUID,
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "limit_hits_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "limit_hits_policy_subject_at_idx" ON "limit_hits"("policy", "subject", "at");
CREATE INDEX "limit_hits_owner_idx" ON "limit_hits"("owner");
CREATE INDEX "limit_hits_at_idx" ON "limit_hits"("at");

-- Takes one hit of every named limit, or none and says which refused and for how long.
-- The lock per (policy, subject) makes count and insert one step: N allowed means N under any burst, on any number of
-- instances. Locks are taken in one order so that two takes never wait for each other. Each statement of a VOLATILE
-- function sees what was committed before it, so the count after the lock is current. An `own` limit is checked against the hits
-- of its owner alone (everybody's are still counted for those who are not).
CREATE FUNCTION take_limits(policies text[], subjects bytea[], owners uuid[], maxima int[], windows int[], own boolean[])
RETURNS TABLE (refused_policy text, retry_after int) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  i int; hits int; oldest timestamptz; moment timestamptz := app_now();
BEGIN
  FOR i IN SELECT o FROM generate_subscripts(policies, 1) o ORDER BY policies[o], subjects[o] LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(policies[i] || ':' || encode(subjects[i], 'hex'), 0));
    SELECT count(*), min(h.at) INTO hits, oldest FROM (
      SELECT l.at FROM limit_hits l
      WHERE l.policy = policies[i] AND l.subject = subjects[i] AND l.at > moment - make_interval(secs => windows[i])
        AND (NOT own[i] OR l.owner = owners[i])
      ORDER BY l.at DESC LIMIT greatest(maxima[i], 1)) h;
    IF maxima[i] <= 0 OR hits >= maxima[i] THEN
      refused_policy := policies[i];
      retry_after := greatest(1, ceil(extract(epoch FROM coalesce(oldest, moment) + make_interval(secs => windows[i]) - moment)));
      RETURN NEXT;
      RETURN;
    END IF;
  END LOOP;
  INSERT INTO limit_hits (policy, subject, owner, at)
    SELECT DISTINCT policies[o], subjects[o], owners[o], moment FROM generate_subscripts(policies, 1) o;
END $$;

CREATE TABLE "audit_events" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "event" TEXT NOT NULL,
  "subject" UUID,
  "challenge_id" UUID,
  "session_id" UUID,
  "method" TEXT,
  "ip" TEXT,
  "user_agent" TEXT,
  "transaction" BIGINT NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_events_subject_id_idx" ON "audit_events"("subject", "id");

CREATE TABLE "audit_seals" (
  "position" BIGINT NOT NULL,
  "event_id" BIGINT NOT NULL,
  "hash" BYTEA NOT NULL,
  CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("position")
);
CREATE UNIQUE INDEX "audit_seals_event_id_key" ON "audit_seals"("event_id");

CREATE TABLE "demo_messages" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "to_hash" BYTEA NOT NULL,
  "channel" "channel" NOT NULL,
  "sealed" TEXT NOT NULL,
  "status" "delivery_status" NOT NULL,
  "reason" TEXT,
  "receipt_at" TIMESTAMPTZ(6),
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "demo_messages_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "demo_messages_to_hash_at_idx" ON "demo_messages"("to_hash", "at");
CREATE INDEX "demo_messages_receipt_at_idx" ON "demo_messages"("receipt_at");

GRANT USAGE ON SCHEMA public TO sekisho_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sekisho_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sekisho_app;
-- Append-only: what is written to the audit log stays.
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_events", "audit_seals" FROM sekisho_app;
REVOKE INSERT, DELETE ON "clock" FROM sekisho_app;
