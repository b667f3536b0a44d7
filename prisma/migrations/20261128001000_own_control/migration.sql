-- A challenge may have several steps, be asked for by a session, and be about an act.
ALTER TABLE "challenges"
  ADD COLUMN "step" SMALLINT NOT NULL DEFAULT 1,
  ADD COLUMN "session_id" UUID,
  ADD COLUMN "action" TEXT,
  ADD COLUMN "replaces" UUID,
  ADD COLUMN "hint" TEXT,
  ADD COLUMN "about_id" UUID REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "challenges_step" CHECK ("step" BETWEEN 1 AND 3);
CREATE INDEX "challenges_about_id_idx" ON "challenges"("about_id") WHERE "about_id" IS NOT NULL;

ALTER TABLE "users"
  ADD COLUMN "restricted_until" TIMESTAMPTZ(6),
  ADD COLUMN "delete_at" TIMESTAMPTZ(6),
  ADD COLUMN "email_refused_at" TIMESTAMPTZ(6),
  ADD COLUMN "password_changed_at" TIMESTAMPTZ(6),
  ADD COLUMN "codes_asked_at" TIMESTAMPTZ(6),
  ADD COLUMN "closed_at" TIMESTAMPTZ(6);
CREATE INDEX "users_delete_at_idx" ON "users"("delete_at") WHERE "delete_at" IS NOT NULL;

-- The second factor on which a session rests: the session ends with it.
ALTER TABLE "sessions" ADD COLUMN "authenticator_id" UUID;
ALTER TABLE "known_devices" ADD COLUMN "user_agent" TEXT;

-- A second factor proven in a session for one class of acts.
CREATE TABLE "step_ups" (
  "session_id" UUID NOT NULL,
  "action" TEXT NOT NULL,
  "proven_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "step_ups_pkey" PRIMARY KEY ("session_id", "action"),
  CONSTRAINT "step_ups_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The one live code that an account's reset mails carry.
CREATE TABLE "reset_codes" (
  "user_id" UUID NOT NULL,
  "sealed" TEXT NOT NULL,
  "hash" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "reset_codes_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "reset_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- A second address for recovery (NIST SP 800-63B-4 4.2); it serves recovery some days after its proof.
CREATE TABLE "recovery_addresses" (
  "user_id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "verified_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "counts_from" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "recovery_addresses_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "recovery_addresses_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- A change of an account that its owner can undo for some days: what was added, and what was removed.
CREATE TABLE "changes" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "added_id" UUID,
  "removed" JSONB,
  "removed_sealed" TEXT,
  "old_email" TEXT,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "undo_until" TIMESTAMPTZ(6) NOT NULL,
  "undone_at" TIMESTAMPTZ(6),
  CONSTRAINT "changes_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "changes_user_id_idx" ON "changes"("user_id");
CREATE INDEX "changes_undo_until_idx" ON "changes"("undo_until");

-- The codes that a notice carries: to stop what is pending, or to undo a change. The sealed code goes into the message, the hash judges it.
CREATE TABLE "notice_codes" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "message_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "channel" "channel" NOT NULL,
  "reference" TEXT NOT NULL,
  "hash" BYTEA NOT NULL,
  "sealed" TEXT NOT NULL,
  "change_id" UUID,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "used_at" TIMESTAMPTZ(6),
  CONSTRAINT "notice_codes_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "notice_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "notice_codes_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "changes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "notice_codes_reference_kind_key" ON "notice_codes"("reference", "kind");
CREATE INDEX "notice_codes_user_id_idx" ON "notice_codes"("user_id");
CREATE INDEX "notice_codes_message_id_idx" ON "notice_codes"("message_id");
CREATE INDEX "notice_codes_expires_at_idx" ON "notice_codes"("expires_at");

-- A number that is bound elsewhere and was proven by another account, which gets it after a wait that its holder can stop.
CREATE TABLE "takeovers" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "from_user_id" UUID NOT NULL,
  "to_user_id" UUID NOT NULL,
  "number_hash" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "due_at" TIMESTAMPTZ(6) NOT NULL,
  "stopped_at" TIMESTAMPTZ(6),
  "done_at" TIMESTAMPTZ(6),
  CONSTRAINT "takeovers_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "takeovers_from_user_id_fkey" FOREIGN KEY ("from_user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "takeovers_to_user_id_fkey" FOREIGN KEY ("to_user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "takeovers_from_user_id_idx" ON "takeovers"("from_user_id");
CREATE INDEX "takeovers_to_user_id_idx" ON "takeovers"("to_user_id");
CREATE INDEX "takeovers_number_hash_idx" ON "takeovers"("number_hash");
CREATE UNIQUE INDEX "takeovers_one_open" ON "takeovers"("number_hash") WHERE "stopped_at" IS NULL AND "done_at" IS NULL;

-- An address that its account gives up after thirty days of notices, for somebody who can read it and has neither password nor factor.
CREATE TABLE "address_releases" (
  "user_id" UUID NOT NULL,
  "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "due_at" TIMESTAMPTZ(6) NOT NULL,
  "told" SMALLINT NOT NULL DEFAULT 0,
  CONSTRAINT "address_releases_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "address_releases_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "address_releases_due_at_idx" ON "address_releases"("due_at");

-- What a person agreed to, and which version of it.
CREATE TABLE "consents" (
  "user_id" UUID NOT NULL,
  "document" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "consents_pkey" PRIMARY KEY ("user_id", "document", "version"),
  CONSTRAINT "consents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Settings of the product with their history: the latest row of a name counts.
CREATE TABLE "policy_changes" (
  "id" BIGINT GENERATED ALWAYS AS IDENTITY,
  "name" TEXT NOT NULL,
  "value" JSONB NOT NULL,
  "by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "policy_changes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "policy_changes_name_id_idx" ON "policy_changes"("name", "id");

-- Labels on accounts, such as the organisation whose people they are.
CREATE TABLE "user_groups" (
  "user_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "user_groups_pkey" PRIMARY KEY ("user_id", "name"),
  CONSTRAINT "user_groups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "user_groups_name_idx" ON "user_groups"("name");

-- An act on many accounts after an incident, done account by account, so that it can be resumed.
CREATE TABLE "incidents" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "reason" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "incidents_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "incident_accounts" (
  "incident_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "done_at" TIMESTAMPTZ(6),
  CONSTRAINT "incident_accounts_pkey" PRIMARY KEY ("incident_id", "user_id"),
  CONSTRAINT "incident_accounts_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incidents"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "incident_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- A mail that goes elsewhere than to the present address of its account: to the one before a change, or to the second one.
ALTER TABLE "messages" ADD COLUMN "recipient" TEXT;
-- A text about a phone that is gone: its number until the text has left.
ALTER TABLE "messages" ADD COLUMN "number_sealed" TEXT;
-- Which phone a person prefers, and a number that has to be proven again before it serves recovery.
ALTER TABLE "phones" ADD COLUMN "preferred" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "doubted_at" TIMESTAMPTZ(6);

GRANT SELECT, INSERT, UPDATE, DELETE ON "step_ups", "reset_codes", "recovery_addresses", "changes", "notice_codes", "takeovers", "address_releases",
  "user_groups", "incidents", "incident_accounts" TO sekisho_app;
GRANT SELECT, INSERT, DELETE ON "consents" TO sekisho_app;
GRANT SELECT, INSERT ON "policy_changes" TO sekisho_app;
CREATE OR REPLACE VIEW "account_phones" AS
  SELECT a."id", a."user_id", a."name", a."failures", a."disabled_at", a."verified_at", a."last_used_at", a."created_at",
    p."number_sealed", p."number_hash", p."slot", p."country", p."channel", p."voice_only", p."risk_accepted_at", p."risk_notice_version",
    p."preferred", p."doubted_at"
  FROM "authenticators" a JOIN "phones" p ON p."id" = a."id";
