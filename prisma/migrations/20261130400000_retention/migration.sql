-- How many days messages and events are kept is a setting; thirty days are the least, whatever a row of the policy holds.
CREATE FUNCTION "kept_days"("setting" text) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(30, coalesce((SELECT (value #>> '{}')::int FROM policy_changes WHERE name = setting ORDER BY id DESC LIMIT 1), 90))
$$;

-- Drops one month that has been over for as long as messages are kept, attempts first; null where there is none.
CREATE OR REPLACE FUNCTION "drop_message_month"() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
  name text;
BEGIN
  SELECT m.month INTO name FROM message_months m
    WHERE m.ends_at <= app_now() - make_interval(days => kept_days('keepMessageDays')) ORDER BY m.ends_at LIMIT 1;
  IF name IS NULL THEN RETURN NULL; END IF;
  EXECUTE format('DROP TABLE public.%I', 'delivery_attempts_' || name);
  EXECUTE format('ALTER TABLE public.messages DETACH PARTITION public.%I', 'messages_' || name);
  EXECUTE format('DROP TABLE public.%I', 'messages_' || name);
  RETURN name;
END $$;
