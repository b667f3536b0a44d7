-- Who was given which role, when, by whom and until when; users.roles is what requests read. Subjects are pseudonyms, so that the history outlives
-- an account.
CREATE TABLE "staff_grants" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "subject" UUID NOT NULL,
  "role" TEXT NOT NULL,
  "granted_by" TEXT NOT NULL,
  "granted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "revoked_by" TEXT,
  "revoked_at" TIMESTAMPTZ(6),
  CONSTRAINT "staff_grants_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "staff_grants_role" CHECK ("role" IN ('support', 'administrator')),
  CONSTRAINT "staff_grants_revoked" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL))
);
CREATE UNIQUE INDEX "staff_grants_live" ON "staff_grants"("subject", "role") WHERE "revoked_at" IS NULL;
CREATE INDEX "staff_grants_revoked_at_idx" ON "staff_grants"("revoked_at");

-- An account that is deleted has no role any more.
CREATE FUNCTION staff_grants_end() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE staff_grants SET revoked_at = app_now(), revoked_by = 'account.deleted' WHERE subject = OLD.audit_subject AND revoked_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER "staff_grants_end" AFTER DELETE ON "users" FOR EACH ROW WHEN (OLD."roles" <> '{}') EXECUTE FUNCTION staff_grants_end();

-- Roles that were written before there were grants.
INSERT INTO "staff_grants" ("subject", "role", "granted_by")
  SELECT u."audit_subject", r."role", 'migration' FROM "users" u CROSS JOIN LATERAL unnest(u."roles") AS r("role") WHERE r."role" IN ('support', 'administrator');

-- An invitation to a role: a one-time URL, of which the hash is kept. Without an address it is for the first administrator of a demo.
CREATE TABLE "staff_invites" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "email" TEXT,
  "role" TEXT NOT NULL,
  "token_hash" BYTEA NOT NULL,
  "invited_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "used_at" TIMESTAMPTZ(6),
  CONSTRAINT "staff_invites_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "staff_invites_role" CHECK ("role" IN ('support', 'administrator'))
);
CREATE UNIQUE INDEX "staff_invites_token_hash_key" ON "staff_invites"("token_hash");
CREATE INDEX "staff_invites_expires_at_idx" ON "staff_invites"("expires_at");

-- A request of a person who lost the phone, from the request to its end.
CREATE TABLE "recovery_cases" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "reference" TEXT NOT NULL,
  "user_id" UUID NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'requested',
  "reason" TEXT NOT NULL,
  "note_sealed" TEXT,
  "opened_by" TEXT,
  "challenge_id" UUID,
  "ip" TEXT NOT NULL,
  "user_agent" TEXT NOT NULL,
  "flags" TEXT[] NOT NULL DEFAULT '{}',
  "restriction_after" TIMESTAMPTZ(6),
  "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "proven_at" TIMESTAMPTZ(6),
  "reviewed_by" UUID,
  "reviewed_at" TIMESTAMPTZ(6),
  "approved_by" UUID,
  "approved_at" TIMESTAMPTZ(6),
  "wait_seconds" INTEGER,
  "ready_at" TIMESTAMPTZ(6),
  "mailed_at" TIMESTAMPTZ(6),
  "binding_id" UUID,
  "frozen_from" TEXT,
  "frozen_at" TIMESTAMPTZ(6),
  "reminded_at" TIMESTAMPTZ(6),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "ended_at" TIMESTAMPTZ(6),
  CONSTRAINT "recovery_cases_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "recovery_cases_state" CHECK ("state" IN ('requested', 'reviewed', 'waiting', 'frozen', 'ready', 'done', 'rejected', 'cancelled', 'expired')),
  CONSTRAINT "recovery_cases_reason" CHECK ("reason" IN ('lost', 'stolen', 'new_contract', 'number_given_up', 'other')),
  CONSTRAINT "recovery_cases_ended" CHECK (("ended_at" IS NOT NULL) = ("state" IN ('done', 'rejected', 'cancelled', 'expired'))),
  -- Nothing is ready that nobody approved, and what is approved was proven and reviewed before.
  CONSTRAINT "recovery_cases_in_order" CHECK (("reviewed_at" IS NULL OR "proven_at" IS NOT NULL) AND ("approved_at" IS NULL OR "reviewed_at" IS NOT NULL)
    AND ("state" NOT IN ('waiting', 'ready', 'done') OR ("approved_at" IS NOT NULL AND "ready_at" IS NOT NULL))),
  CONSTRAINT "recovery_cases_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "recovery_cases_reference_key" ON "recovery_cases"("reference");
CREATE UNIQUE INDEX "recovery_cases_one_open" ON "recovery_cases"("user_id") WHERE "ended_at" IS NULL;
CREATE INDEX "recovery_cases_user_id_idx" ON "recovery_cases"("user_id", "requested_at");
CREATE INDEX "recovery_cases_state_idx" ON "recovery_cases"("state", "requested_at");
CREATE UNIQUE INDEX "recovery_cases_challenge_id_key" ON "recovery_cases"("challenge_id");
CREATE INDEX "recovery_cases_ended_at_idx" ON "recovery_cases"("ended_at");

-- What was done to a case, by whom, and why.
CREATE TABLE "recovery_case_steps" (
  "id" BIGINT GENERATED ALWAYS AS IDENTITY,
  "case_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "act" TEXT NOT NULL,
  "by_subject" UUID,
  "by_command" TEXT,
  "reason" TEXT,
  "checks" TEXT[] NOT NULL DEFAULT '{}',
  CONSTRAINT "recovery_case_steps_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "recovery_case_steps_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "recovery_cases"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "recovery_case_steps_case_id_idx" ON "recovery_case_steps"("case_id", "id");

-- From which countries an account was signed in to, where the proxy names them.
CREATE TABLE "account_countries" (
  "user_id" UUID NOT NULL,
  "country" TEXT NOT NULL,
  "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "account_countries_pkey" PRIMARY KEY ("user_id", "country"),
  CONSTRAINT "account_countries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- What a person wrote for the reviewers, until the e-mail address is proven.
ALTER TABLE "challenges" ADD COLUMN "note_sealed" TEXT;

-- All notices of one case carry its reference, each with codes of its own.
DROP INDEX "notice_codes_reference_kind_key";
CREATE INDEX "notice_codes_reference_kind_idx" ON "notice_codes"("reference", "kind");
ALTER TABLE "notice_codes" ADD COLUMN "case_id" UUID;
ALTER TABLE "notice_codes" ADD CONSTRAINT "notice_codes_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "recovery_cases"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "notice_codes_case_id_idx" ON "notice_codes"("case_id");

-- The acts of one member of staff.
CREATE INDEX "audit_events_staff_idx" ON "audit_events"("method" text_pattern_ops, "id") WHERE "method" LIKE 'staff:%';

GRANT SELECT, INSERT, UPDATE, DELETE ON "staff_invites", "recovery_cases", "account_countries" TO sekisho_app;
GRANT SELECT, INSERT, UPDATE ON "staff_grants" TO sekisho_app;
GRANT SELECT, INSERT ON "recovery_case_steps" TO sekisho_app;
