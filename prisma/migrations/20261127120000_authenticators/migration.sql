-- One row for each authenticator of an account, whatever its kind; the tables of the kinds hang on it. A guess counts this row, and a challenge
-- points at it.
CREATE TABLE "authenticators" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "name" TEXT,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "disabled_at" TIMESTAMPTZ(6),
  "verified_at" TIMESTAMPTZ(6),
  "last_used_at" TIMESTAMPTZ(6),
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "authenticators_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "authenticators_counters" CHECK ("failures" >= 0),
  CONSTRAINT "authenticators_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "authenticators" ("id", "user_id", "kind", "failures", "disabled_at", "verified_at", "last_used_at", "created_at")
  SELECT "id", "user_id", 'phone', "failures", "disabled_at", "verified_at", "last_used_at", "created_at" FROM "phones";
INSERT INTO "authenticators" ("user_id", "kind", "verified_at", "created_at")
  SELECT u."id", 'recovery_codes', u."recovery_confirmed_at", coalesce(min(r."created_at"), u."recovery_confirmed_at", app_now())
  FROM "users" u LEFT JOIN "recovery_codes" r ON r."user_id" = u."id"
  WHERE u."recovery_confirmed_at" IS NOT NULL OR u."recovery_sealed" IS NOT NULL OR r."id" IS NOT NULL GROUP BY u."id";
CREATE INDEX "authenticators_user_id_kind_idx" ON "authenticators"("user_id", "kind");
-- One set of recovery codes in use; a new one disables the old one first.
CREATE UNIQUE INDEX "authenticators_one_recovery_set" ON "authenticators"("user_id") WHERE "kind" = 'recovery_codes' AND "disabled_at" IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON "authenticators" TO sekisho_app;

-- Recovery codes: a set is the authenticator. The codes of an unconfirmed set are sealed, so that its page can show them again.
CREATE TABLE "recovery_code_sets" (
  "id" UUID NOT NULL,
  "sealed" TEXT,
  CONSTRAINT "recovery_code_sets_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "recovery_code_sets_id_fkey" FOREIGN KEY ("id") REFERENCES "authenticators"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "recovery_code_sets" ("id", "sealed")
  SELECT a."id", CASE WHEN a."verified_at" IS NULL THEN u."recovery_sealed" END
  FROM "authenticators" a JOIN "users" u ON u."id" = a."user_id" WHERE a."kind" = 'recovery_codes';
GRANT SELECT, INSERT, UPDATE, DELETE ON "recovery_code_sets" TO sekisho_app;

DROP VIEW "usable_recovery_codes";
ALTER TABLE "recovery_codes" ADD COLUMN "set_id" UUID;
UPDATE "recovery_codes" r SET "set_id" = a."id" FROM "authenticators" a WHERE a."user_id" = r."user_id" AND a."kind" = 'recovery_codes';
ALTER TABLE "recovery_codes" ALTER COLUMN "set_id" SET NOT NULL,
  ADD CONSTRAINT "recovery_codes_set_id_fkey" FOREIGN KEY ("set_id") REFERENCES "recovery_code_sets"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  DROP COLUMN "user_id";
CREATE UNIQUE INDEX "recovery_codes_set_id_selector_key" ON "recovery_codes"("set_id", "selector");
ALTER TABLE "users" DROP COLUMN "recovery_sealed", DROP COLUMN "recovery_confirmed_at";
-- The recovery codes that sign-in takes. Every count of what is left reads this.
CREATE VIEW "usable_recovery_codes" AS
  SELECT r."id", r."set_id", a."user_id", r."selector", r."hash" FROM "recovery_codes" r JOIN "authenticators" a ON a."id" = r."set_id"
  WHERE r."used_at" IS NULL AND a."verified_at" IS NOT NULL AND a."disabled_at" IS NULL;
GRANT SELECT ON "usable_recovery_codes" TO sekisho_app;

-- Phones keep what only a phone has.
ALTER TABLE "challenge_codes" DROP CONSTRAINT "challenge_codes_phone_id_fkey";
ALTER TABLE "phones" DROP CONSTRAINT "phones_slot_is_proven", DROP CONSTRAINT "phones_counters", DROP COLUMN "user_id", DROP COLUMN "failures",
  DROP COLUMN "disabled_at", DROP COLUMN "verified_at", DROP COLUMN "last_used_at", DROP COLUMN "created_at",
  ALTER COLUMN "id" DROP DEFAULT,
  ADD CONSTRAINT "phones_slot_range" CHECK ("slot" IS NULL OR "slot" BETWEEN 1 AND 5),
  ADD CONSTRAINT "phones_id_fkey" FOREIGN KEY ("id") REFERENCES "authenticators"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- A phone with its account, for every reader.
CREATE VIEW "account_phones" AS
  SELECT a."id", a."user_id", a."name", a."failures", a."disabled_at", a."verified_at", a."last_used_at", a."created_at",
    p."number_sealed", p."number_hash", p."slot", p."country", p."channel", p."voice_only", p."risk_accepted_at", p."risk_notice_version"
  FROM "authenticators" a JOIN "phones" p ON p."id" = a."id";
GRANT SELECT ON "account_phones" TO sekisho_app;

-- A number is claimed by proof alone: a slot and the proof come together. Checked at commit, because they stand in two tables.
CREATE FUNCTION phone_slot_is_proven() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM phones p JOIN authenticators a ON a.id = p.id WHERE p.id = NEW.id AND (p.slot IS NULL) <> (a.verified_at IS NULL)) THEN
    RAISE EXCEPTION 'a phone has a slot without its proof, or a proof without its slot' USING ERRCODE = 'check_violation', CONSTRAINT = 'phones_slot_is_proven';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "phones_slot_is_proven" AFTER INSERT OR UPDATE OF "slot" ON "phones"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION phone_slot_is_proven();
CREATE CONSTRAINT TRIGGER "authenticators_slot_is_proven" AFTER UPDATE OF "verified_at" ON "authenticators"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION phone_slot_is_proven();

ALTER TABLE "challenges" RENAME COLUMN "current_phone_id" TO "current_authenticator_id";
ALTER TABLE "challenge_codes" RENAME COLUMN "phone_id" TO "authenticator_id";
ALTER INDEX "challenge_codes_phone_id_idx" RENAME TO "challenge_codes_authenticator_id_idx";
ALTER TABLE "challenge_codes" ADD CONSTRAINT "challenge_codes_authenticator_id_fkey"
  FOREIGN KEY ("authenticator_id") REFERENCES "authenticators"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "messages" RENAME COLUMN "phone_id" TO "authenticator_id";

-- The authenticators that a challenge takes. A set of recovery codes is used up with its last code. LIMIT tells the planner the size of a set;
-- without statistics it would assume a thousand.
CREATE VIEW "usable_authenticators" AS
  SELECT a."id", a."user_id", a."kind", a."created_at" FROM "authenticators" a
  WHERE a."verified_at" IS NOT NULL AND a."disabled_at" IS NULL
    AND (a."kind" <> 'recovery_codes' OR EXISTS (
      SELECT FROM (SELECT r."used_at" FROM "recovery_codes" r WHERE r."set_id" = a."id" LIMIT 10) r WHERE r."used_at" IS NULL));
GRANT SELECT ON "usable_authenticators" TO sekisho_app;

-- Whether a code goes to a number that its account has not proven, whatever its purpose; the last hour is weighed (FR-04).
ALTER TABLE "messages" ADD COLUMN "to_new_number" BOOLEAN NOT NULL DEFAULT false;
UPDATE "messages" SET "to_new_number" = true WHERE "template" = 'code.BIND_PHONE' AND "country" IS NOT NULL AND "created_at" > app_now() - interval '1 day';
DROP INDEX "messages_new_numbers_idx";
CREATE INDEX "messages_new_numbers_idx" ON "messages"("created_at") WHERE "to_new_number";
