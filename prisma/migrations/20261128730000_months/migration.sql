-- What a receipt says besides the outcome: the carrier of the number, and the provider's own code for the outcome.
ALTER TABLE "delivery_attempts" ADD COLUMN "carrier" TEXT, ADD COLUMN "provider_code" TEXT;
-- The last two digits of the number that a text or call goes to.
ALTER TABLE "messages" ADD COLUMN "digits" TEXT;

-- Messages and their attempts are kept by months, so that old ones are dropped as tables instead of deleted row by row. The rows of before stay in
-- one partition of their own: nothing is copied, and only the reference of the attempts is checked anew.
ALTER TABLE "delivery_attempts" DROP CONSTRAINT "delivery_attempts_message_id_fkey";
DROP TRIGGER "message_says" ON "messages";
DROP INDEX "messages_created_at_idx";
DROP INDEX "messages_user_id_idx";
ALTER TABLE "messages" RENAME TO "messages_before";
ALTER TABLE "delivery_attempts" RENAME TO "delivery_attempts_before";
-- The names of the indexes and primary keys are those of the new tables.
DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT c.relname AS index, t.relname AS of_table FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.oid IN ('messages_before'::regclass, 'delivery_attempts_before'::regclass)
  LOOP
    EXECUTE format('ALTER INDEX %I RENAME TO %I', old.index, old.of_table || substr(old.index, length(old.of_table) - length('before')));
  END LOOP;
END $$;

CREATE TABLE "messages" (
  LIKE "messages_before" INCLUDING DEFAULTS,
  CONSTRAINT "messages_pkey" PRIMARY KEY ("id", "created_at"),
  CONSTRAINT "messages_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "messages_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
) PARTITION BY RANGE ("created_at");
CREATE TABLE "delivery_attempts" (
  LIKE "delivery_attempts_before" INCLUDING DEFAULTS,
  CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id", "message_at"),
  CONSTRAINT "delivery_attempts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "provider_accounts"("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "delivery_attempts_message_id_fkey" FOREIGN KEY ("message_id", "message_at") REFERENCES "messages"("id", "created_at") ON DELETE CASCADE ON UPDATE CASCADE
) PARTITION BY RANGE ("message_at");
-- What no month takes: a clock that was moved, or a job that did not run for two months. Deleted row by row.
CREATE TABLE "messages_rest" PARTITION OF "messages" DEFAULT;
CREATE TABLE "delivery_attempts_rest" PARTITION OF "delivery_attempts" DEFAULT;

DO $$
DECLARE
  bound text;
BEGIN
  IF NOT EXISTS (SELECT FROM messages_before) THEN
    DROP TABLE delivery_attempts_before;
    DROP TABLE messages_before;
    RETURN;
  END IF;
  SELECT (date_trunc('month', greatest(max(created_at), app_now()) AT TIME ZONE 'UTC') + interval '1 month')::text || '+00' INTO bound FROM messages_before;
  EXECUTE format('ALTER TABLE messages ATTACH PARTITION messages_before FOR VALUES FROM (MINVALUE) TO (%L)', bound);
  EXECUTE format('ALTER TABLE delivery_attempts ATTACH PARTITION delivery_attempts_before FOR VALUES FROM (MINVALUE) TO (%L)', bound);
END $$;

CREATE INDEX "messages_challenge_id_created_at_idx" ON "messages"("challenge_id", "created_at");
CREATE INDEX "messages_user_id_idx" ON "messages"("user_id", "created_at", "id");
CREATE INDEX "messages_new_numbers_idx" ON "messages"("created_at") WHERE "to_new_number";
CREATE INDEX "delivery_attempts_message_id_idx" ON "delivery_attempts"("message_id");
CREATE INDEX "delivery_attempts_account_id_provider_ref_idx" ON "delivery_attempts"("account_id", "provider_ref");
CREATE INDEX "delivery_attempts_started_at_idx" ON "delivery_attempts" USING BRIN ("started_at");
-- The log of the console, by the newest, and by what does not change: an index on a state would make every change of it write all indexes.
CREATE INDEX "messages_created_at_idx" ON "messages"("created_at", "id");
CREATE INDEX "messages_country_idx" ON "messages"("country", "created_at", "id");
CREATE INDEX "messages_template_idx" ON "messages"("template", "created_at", "id");
CREATE INDEX "messages_digits_idx" ON "messages"("digits", "created_at", "id");

CREATE TRIGGER "message_says" AFTER UPDATE OF "status" ON "messages" FOR EACH ROW
  WHEN (NEW."status" <> OLD."status" AND (NEW."reason" IN ('invalid_number', 'address_refused') OR (NEW."channel" = 'EMAIL' AND NEW."status" IN ('sent', 'delivered'))))
  EXECUTE FUNCTION "message_says"();

-- The partitions of messages; `month` is the end of the names of both tables, null for the rest.
CREATE VIEW "message_months" AS
  SELECT substr(c.relname, length('messages_') + 1) AS "month",
    substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz AS "ends_at"
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'messages'::regclass AND c.relname <> 'messages_rest';

-- Makes the tables of this month and the next. A month of which rows are already in the rest stays there. Waits for no lock longer than 50 ms, because
-- every send would wait behind it; the job tries again.
CREATE FUNCTION "make_message_months"() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '50ms' SET timezone = 'UTC' AS $$
DECLARE
  made int := 0;
  first timestamptz;
  name text;
BEGIN
  FOR ahead IN 0..1 LOOP
    first := date_trunc('month', app_now()) + make_interval(months => ahead);
    name := to_char(first, 'YYYY_MM');
    CONTINUE WHEN EXISTS (SELECT FROM message_months m WHERE m.month = name OR (m.month = 'before' AND m.ends_at > first))
      OR EXISTS (SELECT FROM messages_rest r WHERE r.created_at >= first AND r.created_at < first + interval '1 month');
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.messages FOR VALUES FROM (%L) TO (%L)', 'messages_' || name, first, first + interval '1 month');
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.delivery_attempts FOR VALUES FROM (%L) TO (%L)', 'delivery_attempts_' || name, first, first + interval '1 month');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I, public.%I TO sekisho_app', 'messages_' || name, 'delivery_attempts_' || name);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Drops one month that is over for 90 days, attempts first; null where there is none.
CREATE FUNCTION "drop_message_month"() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
  name text;
BEGIN
  SELECT m.month INTO name FROM message_months m WHERE m.ends_at <= app_now() - interval '90 days' ORDER BY m.ends_at LIMIT 1;
  IF name IS NULL THEN RETURN NULL; END IF;
  EXECUTE format('DROP TABLE public.%I', 'delivery_attempts_' || name);
  EXECUTE format('ALTER TABLE public.messages DETACH PARTITION public.%I', 'messages_' || name);
  EXECUTE format('DROP TABLE public.%I', 'messages_' || name);
  RETURN name;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON "messages", "delivery_attempts", "messages_rest", "delivery_attempts_rest" TO sekisho_app;
GRANT SELECT ON "message_months" TO sekisho_app;
REVOKE EXECUTE ON FUNCTION "make_message_months"(), "drop_message_month"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "make_message_months"(), "drop_message_month"() TO sekisho_app;
SELECT "make_message_months"();

-- The audit log of the console: by time, act, address, and author. An author stands in `method`, after what the act was about.
CREATE INDEX "audit_events_at_idx" ON "audit_events"("at", "id");
CREATE INDEX "audit_events_event_idx" ON "audit_events"("event", "at", "id");
CREATE INDEX "audit_events_ip_idx" ON "audit_events"("ip", "at", "id");
CREATE FUNCTION "audit_author"("method" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT substring("method" FROM '(?:^| )((?:staff|cli):[^ ]+)') $$;
CREATE INDEX "audit_events_author_idx" ON "audit_events"(audit_author("method"), "at", "id") WHERE audit_author("method") IS NOT NULL;

-- Forgotten by the migration before: the steps of a case count by a sequence.
GRANT USAGE ON SEQUENCE "recovery_case_steps_id_seq" TO sekisho_app;
