-- The rules of factors as they are now, for the statements that judge an account by them: the latest row of a name counts.
CREATE VIEW "factor_rules" AS
  SELECT (SELECT "value" FROM "policy_changes" WHERE "name" = 'noPstn' ORDER BY "id" DESC LIMIT 1) AS "no_pstn",
    (SELECT "value" FROM "policy_changes" WHERE "name" = 'requirements' ORDER BY "id" DESC LIMIT 1) AS "requirements";
GRANT SELECT ON "factor_rules" TO sekisho_app;

-- Which acts after an incident an account is in, and how many accounts were done within a minute.
CREATE INDEX "incident_accounts_user_id_idx" ON "incident_accounts"("user_id");
CREATE INDEX "incident_accounts_done_at_idx" ON "incident_accounts"("done_at");
