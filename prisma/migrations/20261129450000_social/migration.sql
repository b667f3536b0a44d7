-- Accounts at LINE and Google that replace the password of a sign-in. The provider and its subject name one account of ours; no token is kept.
CREATE TABLE "linked_logins" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "user_id" UUID NOT NULL,
  "provider" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "last_used_at" TIMESTAMPTZ(6),
  CONSTRAINT "linked_logins_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "linked_logins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "linked_logins_provider_subject_key" ON "linked_logins"("provider", "subject");
CREATE UNIQUE INDEX "linked_logins_user_id_provider_key" ON "linked_logins"("user_id", "provider");

-- Who proved the first factor in place of the password, and when as it says; null after a password.
ALTER TABLE "challenges" ADD COLUMN "federated_by" TEXT, ADD COLUMN "federated_at" TIMESTAMPTZ(6);

GRANT SELECT, INSERT, UPDATE, DELETE ON "linked_logins" TO sekisho_app;
