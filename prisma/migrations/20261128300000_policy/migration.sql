-- What an account is judged by where a rule asks for a factor, with the rules as they are now: the latest row of a name counts. Statements
-- read it with their account, so that a rule counts from its commit on.
CREATE VIEW "account_facts" AS
  SELECT u."id" AS "user_id", json_build_object(
    'roles', u."roles",
    'groups', ARRAY(SELECT g."name" FROM "user_groups" g WHERE g."user_id" = u."id"),
    'factors', coalesce((SELECT json_agg(json_build_object('kind', a."kind", 'disabled', a."disabled_at" IS NOT NULL))
      FROM "authenticators" a WHERE a."user_id" = u."id" AND a."verified_at" IS NOT NULL), '[]'),
    'noPstn', (SELECT p."value" FROM "policy_changes" p WHERE p."name" = 'noPstn' ORDER BY p."id" DESC LIMIT 1),
    'requirements', (SELECT p."value" FROM "policy_changes" p WHERE p."name" = 'requirements' ORDER BY p."id" DESC LIMIT 1),
    'now', app_now()) AS "facts"
  FROM "users" u;
GRANT SELECT ON "account_facts" TO sekisho_app;

-- Which acts after an incident an account is in, and how many accounts were done within a minute.
CREATE INDEX "incident_accounts_user_id_idx" ON "incident_accounts"("user_id");
CREATE INDEX "incident_accounts_done_at_idx" ON "incident_accounts"("done_at");
GRANT USAGE ON SEQUENCE "policy_changes_id_seq" TO sekisho_app;
