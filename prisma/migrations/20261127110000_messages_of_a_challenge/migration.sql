-- The newest message of a challenge is found in one step. Beside an index on the moment alone, a planner without statistics walks that one.
CREATE INDEX "messages_challenge_id_created_at_idx" ON "messages" ("challenge_id", "created_at");
DROP INDEX "messages_challenge_id_idx";
