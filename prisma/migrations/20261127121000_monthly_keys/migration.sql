-- The keys of the tables that only grow carry their time, as monthly partitions need it: old months can then be dropped instead of deleted. An
-- attempt carries the time of its message, so that both fall into the same month.
ALTER TABLE "delivery_attempts" DROP CONSTRAINT "delivery_attempts_message_id_fkey";
ALTER TABLE "messages" DROP CONSTRAINT "messages_pkey", ADD CONSTRAINT "messages_pkey" PRIMARY KEY ("id", "created_at");

ALTER TABLE "delivery_attempts" ADD COLUMN "message_at" TIMESTAMPTZ(6);
UPDATE "delivery_attempts" a SET "message_at" = m."created_at" FROM "messages" m WHERE m."id" = a."message_id";
ALTER TABLE "delivery_attempts" ALTER COLUMN "message_at" SET NOT NULL, DROP CONSTRAINT "delivery_attempts_pkey",
  ADD CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id", "message_at"),
  ADD CONSTRAINT "delivery_attempts_message_id_fkey" FOREIGN KEY ("message_id", "message_at") REFERENCES "messages"("id", "created_at") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_pkey", ADD CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id", "at");
