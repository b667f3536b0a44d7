-- A browser that completed a sign-in. It opens nothing and skips nothing: the wrong passwords of a known device are counted apart from
-- those of strangers, who therefore cannot keep it out (OWASP "device cookies").
CREATE TABLE "known_devices" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "token_hash" BYTEA NOT NULL,
  "user_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "last_used_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "known_devices_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "known_devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "known_devices_token_hash_key" ON "known_devices"("token_hash");
CREATE INDEX "known_devices_user_id_idx" ON "known_devices"("user_id");

-- `epoch` rises with everything that ends what was begun before it; a challenge carries the one its password was proven in.
ALTER TABLE "users" ADD COLUMN "epoch" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "device_told_at" TIMESTAMPTZ(6);
ALTER TABLE "challenges" ADD COLUMN "epoch" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "device_id" UUID, ADD COLUMN "told_at" TIMESTAMPTZ(6);

-- What is refused for a while because too much of it failed, by name and (where it has one) subject.
CREATE TABLE "brakes" (
  "name" TEXT NOT NULL,
  "subject" BYTEA NOT NULL,
  "until" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "brakes_pkey" PRIMARY KEY ("name", "subject")
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "known_devices", "brakes" TO sekisho_app;

-- Whether a limit is full. The lock makes the caller's count and its insert one step; it lasts until the caller's commit.
CREATE FUNCTION limit_full(p text, s bytea, most int, seconds int) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p || ':' || encode(s, 'hex'), 0));
  RETURN (SELECT count(*) FROM (SELECT 1 FROM limit_hits l
    WHERE l.policy = p AND l.subject = s AND l.at > app_now() - make_interval(secs => seconds) LIMIT most) h) >= most;
END $$;

-- As before (one row, for the planner too), but the attempts of a known device of the account have a count of their own and none against their address.
DROP FUNCTION begin_password_attempt(bytea, bytea, int, int, int, int, int);
CREATE FUNCTION begin_password_attempt(identifier bytea, device bytea, address bytea, address_max int, address_window int, most int, wait int, longest int)
RETURNS TABLE (refused_policy text, retry_after int) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
DECLARE
  failures int; last timestamptz;
  counted text := CASE WHEN device IS NULL THEN 'password_failures' ELSE 'password_failures_on_device' END;
  whose bytea := coalesce(device, identifier);
BEGIN
  IF device IS NULL THEN
    SELECT t.refused_policy, t.retry_after INTO refused_policy, retry_after FROM take_limits(
      ARRAY['password_failures_per_ip'], ARRAY[address], ARRAY[NULL::uuid], ARRAY[address_max], ARRAY[address_window], ARRAY[false]) t;
  END IF;
  IF refused_policy IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(counted || ':' || encode(whose, 'hex'), 0));
    SELECT count(*), max(h.at) INTO failures, last FROM limit_hits h
      WHERE h.policy = counted AND h.subject = whose AND h.at > app_now() - interval '24 hours';
    -- At every `most` failures a wait counted from the last: `wait` seconds, doubling with each further `most`.
    IF failures > 0 AND failures % most = 0 THEN
      retry_after := ceil(extract(epoch FROM last - app_now()) + least(longest, wait * 2 ^ least(failures / most - 1, 20)));
    END IF;
    IF retry_after > 0 THEN
      refused_policy := counted;
    ELSE
      INSERT INTO limit_hits (policy, subject) VALUES (counted, whose);
    END IF;
  END IF;
  RETURN NEXT;
END $$;
