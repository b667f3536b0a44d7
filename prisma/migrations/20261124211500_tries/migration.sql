-- How many hand-overs of a message have begun. A run of its job takes the next number or learns that another run has taken it.
ALTER TABLE "messages" ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0;
UPDATE "messages" m SET "tries" = a.n FROM (SELECT message_id, count(*)::int AS n FROM "delivery_attempts" GROUP BY message_id) a WHERE a.message_id = m.id;
