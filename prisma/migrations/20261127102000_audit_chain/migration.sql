-- The chain gets a key. What was sealed without one is kept aside, is checked once and sealed again under the key by the sealing job,
-- and can never be added to by the application.
ALTER TABLE "audit_seals" RENAME TO "audit_old_seals";
ALTER TABLE "audit_old_seals" RENAME CONSTRAINT "audit_seals_pkey" TO "audit_old_seals_pkey";
ALTER INDEX "audit_seals_event_id_key" RENAME TO "audit_old_seals_event_id_key";

CREATE TABLE "audit_seals" (
  "position" BIGINT NOT NULL,
  "event_id" BIGINT NOT NULL,
  "hash" BYTEA NOT NULL,
  CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("position")
);
CREATE UNIQUE INDEX "audit_seals_event_id_key" ON "audit_seals"("event_id");

-- Heads of the chain as they were told outside: each must stay where it was.
CREATE TABLE "audit_heads" (
  "position" BIGINT NOT NULL,
  "event_id" BIGINT NOT NULL,
  "hash" BYTEA NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("position")
);

-- How far the verifying job has come: one row, signed by the job.
CREATE TABLE "audit_verification" (
  "id" BOOLEAN NOT NULL DEFAULT true,
  "progress" TEXT NOT NULL,
  "mac" BYTEA NOT NULL,
  CONSTRAINT "audit_verification_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "audit_verification_one_row" CHECK ("id")
);

-- What is refused is counted per minute, and becomes one event when the minute is over. No column is null, so that one key fits all.
ALTER TABLE "audit_events" ADD COLUMN "reason" TEXT, ADD COLUMN "identifier_hash" BYTEA, ADD COLUMN "times" INTEGER NOT NULL DEFAULT 1;
CREATE TABLE "audit_refusals" (
  "minute" TIMESTAMPTZ(6) NOT NULL,
  "event" TEXT NOT NULL,
  "ip" TEXT NOT NULL,
  "subject" UUID NOT NULL,
  "identifier_hash" BYTEA NOT NULL,
  "reason" TEXT NOT NULL,
  "times" INTEGER NOT NULL DEFAULT 1,
  "last_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "audit_refusals_pkey" PRIMARY KEY ("minute", "event", "ip", "subject", "identifier_hash", "reason")
);

-- The application appends events and reads. Numbers and times of events are the database's, and the queue, the seals and the counters
-- change through the functions below alone.
REVOKE ALL ON "audit_events", "audit_old_seals", "audit_unsealed" FROM sekisho_app;
GRANT SELECT ON "audit_events", "audit_old_seals", "audit_unsealed", "audit_seals", "audit_refusals" TO sekisho_app;
GRANT INSERT ("event", "subject", "challenge_id", "session_id", "method", "ip", "user_agent") ON "audit_events" TO sekisho_app;
GRANT SELECT, INSERT ON "audit_heads" TO sekisho_app;
GRANT SELECT, INSERT, UPDATE ON "audit_verification" TO sekisho_app;

-- Appends seals to the chain: each event is taken from the queue, or from the old seals, exactly once, and no position is left out.
CREATE FUNCTION audit_seal(after_position bigint, event_ids bigint[], hashes bytea[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  waiting int;
  old int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_seal', 0));
  IF after_position IS DISTINCT FROM (SELECT coalesce(max(position), 0) FROM audit_seals) THEN
    RAISE EXCEPTION 'position % is not the head of the chain', after_position;
  END IF;
  SELECT count(*) INTO old FROM audit_old_seals o WHERE o.event_id = ANY (event_ids);
  WITH taken AS (DELETE FROM audit_unsealed u WHERE u.event_id = ANY (event_ids) RETURNING 1) SELECT count(*) INTO waiting FROM taken;
  IF waiting + old <> cardinality(event_ids) OR cardinality(hashes) <> cardinality(event_ids) THEN
    RAISE EXCEPTION 'only events that wait for a seal get one';
  END IF;
  INSERT INTO audit_seals SELECT after_position + place, event_id, hash FROM unnest(event_ids, hashes) WITH ORDINALITY sealed (event_id, hash, place);
END $$;

-- Counts one refusal. A stranger chooses identifiers and addresses, so of each minute 20 rows of one address name their identifier, 20 rows
-- of one account their address, and beyond 1,000 rows of an event neither is named: a flood never costs a row a refusal.
CREATE FUNCTION audit_refuse(refused_event text, user_id uuid, identifier bytea, address text, refused_reason text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  this_minute timestamptz := date_trunc('minute', app_now());
  account uuid := coalesce((SELECT u.audit_subject FROM users u WHERE u.id = user_id), '00000000-0000-0000-0000-000000000000');
  known boolean := account <> '00000000-0000-0000-0000-000000000000';
  named bytea := CASE WHEN known THEN '' ELSE coalesce(identifier, '') END;
  place text := coalesce(address, '');
BEGIN
  UPDATE audit_refusals r SET times = r.times + 1, last_at = app_now()
    WHERE r.minute = this_minute AND r.event = refused_event AND r.ip = place AND r.subject = account AND r.identifier_hash = named AND r.reason = refused_reason;
  IF FOUND THEN RETURN; END IF;
  IF known AND (SELECT count(*) FROM audit_refusals r WHERE r.minute = this_minute AND r.event = refused_event AND r.subject = account) >= 20 THEN
    place := '';
  ELSIF NOT known AND (SELECT count(*) FROM audit_refusals r WHERE r.minute = this_minute AND r.event = refused_event AND r.ip = place) >= 20 THEN
    named := '';
  END IF;
  IF (SELECT count(*) FROM audit_refusals r WHERE r.minute = this_minute AND r.event = refused_event) >= 1000 THEN
    place := '';
    named := '';
  END IF;
  INSERT INTO audit_refusals AS r (minute, event, ip, subject, identifier_hash, reason, last_at)
    VALUES (this_minute, refused_event, place, account, named, refused_reason, app_now())
    ON CONFLICT (minute, event, ip, subject, identifier_hash, reason) DO UPDATE SET times = r.times + 1, last_at = EXCLUDED.last_at;
END $$;

-- Appends what was refused in the minutes that are over, one event a row. The ten seconds let a statement of the minute before end first.
CREATE FUNCTION audit_append_refusals() RETURNS TABLE (event text, reason text, times int)
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH over AS (
    DELETE FROM audit_refusals r WHERE r.minute < date_trunc('minute', app_now() - interval '10 seconds') OR r.minute > app_now() RETURNING r.*
  )
  INSERT INTO audit_events AS e (at, event, subject, ip, reason, identifier_hash, times)
    SELECT o.last_at, o.event, nullif(o.subject, '00000000-0000-0000-0000-000000000000'), nullif(o.ip, ''), o.reason, nullif(o.identifier_hash, ''), o.times
    FROM over o ORDER BY o.last_at
  RETURNING e.event, e.reason, e.times
$$;

REVOKE EXECUTE ON FUNCTION audit_seal(bigint, bigint[], bytea[]), audit_refuse(text, uuid, bytea, text, text), audit_append_refusals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal(bigint, bigint[], bytea[]), audit_refuse(text, uuid, bytea, text, text), audit_append_refusals() TO sekisho_app;
