-- Counts one password attempt before it is evaluated, or says which limit refuses it and for how many seconds; always one row.
-- Two hundred at once are counted one after the other: the lock makes count and insert one step, and each statement of a VOLATILE function
-- sees what was committed before it. The locks are taken in one order, address before identifier, and last until the caller's commit.
CREATE FUNCTION begin_password_attempt(identifier bytea, address bytea, address_max int, address_window int, most int, wait int, longest int)
RETURNS TABLE (refused_policy text, retry_after int) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  failures int; last timestamptz;
BEGIN
  SELECT t.refused_policy, t.retry_after INTO refused_policy, retry_after FROM take_limits(
    ARRAY['password_failures_per_ip'], ARRAY[address], ARRAY[NULL::uuid], ARRAY[address_max], ARRAY[address_window], ARRAY[false]) t;
  IF refused_policy IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('password_failures:' || encode(identifier, 'hex'), 0));
    SELECT count(*), max(h.at) INTO failures, last FROM limit_hits h
      WHERE h.policy = 'password_failures' AND h.subject = identifier AND h.at > app_now() - interval '24 hours';
    -- At every `most` failures a wait counted from the last: `wait` seconds, doubling with each further `most`.
    IF failures > 0 AND failures % most = 0 THEN
      retry_after := ceil(extract(epoch FROM last - app_now()) + least(longest, wait * 2 ^ least(failures / most - 1, 20)));
    END IF;
    IF retry_after > 0 THEN
      refused_policy := 'password_failures';
    ELSE
      INSERT INTO limit_hits (policy, subject) VALUES ('password_failures', identifier);
    END IF;
  END IF;
  RETURN NEXT;
END $$;
