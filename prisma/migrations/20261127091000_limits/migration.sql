-- Limits that nothing gives back are counted in rings: one row holds 61 buckets of a window, the newest first. A bucket is dropped only when
-- all of it lies outside the window, so a limit is never exceeded and reopens at most a sixtieth of its window late.
-- `totals` counts every take, `shared` those that may not draw on the kept part (BUDGET_SHARES, SENDS_CEILING).
CREATE TABLE "limit_rings" (
  "policy" TEXT NOT NULL,
  "subject" BYTEA NOT NULL,
  "shard" SMALLINT NOT NULL,
  "newest" BIGINT NOT NULL,
  "totals" INTEGER[] NOT NULL,
  "shared" INTEGER[] NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "limit_rings_pkey" PRIMARY KEY ("policy", "subject", "shard")
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE, DELETE ON "limit_rings" TO sekisho_app;

-- Loops in PL/pgSQL, because an SQL function with an aggregate is planned at every call.
CREATE FUNCTION ring_sum(counts int[], age bigint) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  total int := 0; one int;
BEGIN
  FOREACH one IN ARRAY counts[1 : 61 - greatest(age, 0)] LOOP
    total := total + one;
  END LOOP;
  RETURN total;
END $$;

-- The buckets `age` buckets later. A clock that went back keeps the sum: what was counted after the present bucket counts in it.
CREATE FUNCTION ring_shift(counts int[], age bigint) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF age = 0 THEN RETURN counts; END IF;
  IF age > 60 THEN RETURN array_fill(0, ARRAY[61]); END IF;
  IF age > 0 THEN RETURN array_fill(0, ARRAY[age::int]) || counts[1 : 61 - age]; END IF;
  IF age < -59 THEN RETURN ARRAY[ring_sum(counts, 0)] || array_fill(0, ARRAY[60]); END IF;
  RETURN ARRAY[ring_sum(counts[1 : 1 - age], 0)] || counts[2 - age : 61] || array_fill(0, ARRAY[-age::int]);
END $$;

-- The buckets with one more count in the present one.
CREATE FUNCTION ring_add(counts int[], age bigint, amount int) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  counts := ring_shift(counts, age);
  counts[1] := counts[1] + amount;
  RETURN counts;
END $$;

-- What one of `shards` shards may take of a limit: the shares add up to it exactly.
CREATE FUNCTION ring_share(most int, shard int, shards int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN most::bigint * (shard + 1) / shards - most::bigint * shard / shards;
END $$;

CREATE FUNCTION ring_has_room(r limit_rings, most int, unkept int, claims boolean, bucket bigint, shards int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ring_sum(r.totals, bucket - r.newest) < ring_share(most, r.shard, shards)
    AND (claims OR ring_sum(r.shared, bucket - r.newest) < ring_share(unkept, r.shard, shards));
END $$;

-- Locks a shard that has room and returns it with no wait, or returns how many seconds the limit stays full. Takes a free shard first:
-- a budget of the whole site would otherwise queue every send behind one row.
CREATE FUNCTION ring_lock(p text, s bytea, most int, unkept int, claims boolean, width int, shards int, moment timestamptz, OUT chosen int, OUT wait int)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bucket bigint := floor(extract(epoch FROM moment) / width); last int; r limit_rings;
BEGIN
  wait := 0;
  FOR turn IN 0 .. shards + 2 LOOP
    SELECT l.shard INTO chosen FROM limit_rings l
      WHERE l.policy = p AND l.subject = s AND l.shard < shards AND ring_has_room(l, most, unkept, claims, bucket, shards)
      LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN RETURN; END IF;
    SELECT l.shard INTO chosen FROM limit_rings l
      WHERE l.policy = p AND l.subject = s AND l.shard < shards AND ring_has_room(l, most, unkept, claims, bucket, shards) LIMIT 1;
    IF FOUND THEN
      PERFORM FROM limit_rings l WHERE l.policy = p AND l.subject = s AND l.shard = chosen FOR UPDATE;
    ELSIF (SELECT count(*) FROM limit_rings l WHERE l.policy = p AND l.subject = s AND l.shard < shards) < shards THEN
      INSERT INTO limit_rings (policy, subject, shard, newest, totals, shared, expires_at)
        SELECT p, s, n, bucket, array_fill(0, ARRAY[61]), array_fill(0, ARRAY[61]), moment + make_interval(secs => 61 * width)
        FROM generate_series(0, shards - 1) n ON CONFLICT DO NOTHING;
    ELSE
      EXIT;
    END IF;
    EXIT WHEN most <= 0 OR (unkept <= 0 AND NOT claims);
  END LOOP;
  -- A clock that went back must not keep the ring full until its old time comes again.
  UPDATE limit_rings l SET newest = bucket, totals = ring_shift(l.totals, bucket - l.newest), shared = ring_shift(l.shared, bucket - l.newest)
    WHERE l.policy = p AND l.subject = s AND l.newest > bucket;
  chosen := 0;
  wait := width;
  FOR r IN SELECT * FROM limit_rings l WHERE l.policy = p AND l.subject = s AND l.shard < shards LOOP
    r.totals := ring_shift(CASE WHEN claims THEN r.totals ELSE r.shared END, bucket - r.newest);
    last := 61;
    WHILE last > 1 AND r.totals[last] = 0 LOOP last := last - 1; END LOOP;
    wait := CASE WHEN r.shard = 0 THEN 61 * width ELSE wait END;
    wait := least(wait, ceil((bucket - last + 62) * width - extract(epoch FROM moment)));
  END LOOP;
  wait := greatest(1, wait);
END $$;

CREATE FUNCTION ring_take(p text, s bytea, chosen int, claims boolean, width int, moment timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bucket bigint := floor(extract(epoch FROM moment) / width);
BEGIN
  UPDATE limit_rings l SET newest = bucket, totals = ring_add(l.totals, bucket - l.newest, 1),
      shared = ring_add(l.shared, bucket - l.newest, CASE WHEN claims THEN 0 ELSE 1 END), expires_at = moment + make_interval(secs => 61 * width)
    WHERE l.policy = p AND l.subject = s AND l.shard = chosen;
END $$;

-- What a hit was caused by: a right password clears what its own address failed and nothing else.
ALTER TABLE "limit_hits" ADD COLUMN "requester" BYTEA;

-- Takes one of every named limit, or none and says which refused and for how long. Hits are rows that a success may give back; rings follow.
-- The lock per (policy, subject) makes count and insert one step. All locks are taken in one order: hits before rings, each by name and
-- subject. A lifted limit counts like any other and never refuses, so that a benchmark measures what runs.
DROP FUNCTION take_limits(text[], bytea[], uuid[], int[], int[], boolean[]);
CREATE FUNCTION take_limits(policies text[], subjects bytea[], owners uuid[], maxima int[], windows int[], own boolean[], lifted boolean[],
  ring_policies text[], ring_subjects bytea[], ring_most int[], ring_unkept int[], ring_claims boolean[], ring_widths int[], ring_shards int[], ring_lifted boolean[])
RETURNS TABLE (refused_policy text, retry_after int) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
DECLARE
  i int; hits int; oldest timestamptz; moment timestamptz := app_now(); chosen int[] := '{}'; shard int; wait int;
BEGIN
  FOR i IN SELECT o FROM generate_subscripts(policies, 1) o ORDER BY policies[o], subjects[o] LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(policies[i] || ':' || encode(subjects[i], 'hex'), 0));
    SELECT count(*), min(h.at) INTO hits, oldest FROM (
      SELECT l.at FROM limit_hits l
      WHERE l.policy = policies[i] AND l.subject = subjects[i] AND l.at > moment - make_interval(secs => windows[i])
        AND (NOT own[i] OR l.owner = owners[i])
      ORDER BY l.at DESC LIMIT greatest(maxima[i], 1)) h;
    IF NOT lifted[i] AND (maxima[i] <= 0 OR hits >= maxima[i]) THEN
      refused_policy := policies[i];
      retry_after := greatest(1, ceil(extract(epoch FROM coalesce(oldest, moment) + make_interval(secs => windows[i]) - moment)));
      RETURN NEXT;
      RETURN;
    END IF;
  END LOOP;
  FOR i IN SELECT o FROM generate_subscripts(ring_policies, 1) o ORDER BY ring_policies[o], ring_subjects[o] LOOP
    SELECT k.chosen, k.wait INTO shard, wait FROM ring_lock(ring_policies[i], ring_subjects[i], ring_most[i], ring_unkept[i], ring_claims[i],
      ring_widths[i], ring_shards[i], moment) k;
    IF wait > 0 AND NOT ring_lifted[i] THEN
      refused_policy := ring_policies[i];
      retry_after := wait;
      RETURN NEXT;
      RETURN;
    END IF;
    chosen[i] := shard;
  END LOOP;
  INSERT INTO limit_hits (policy, subject, owner, at)
    SELECT DISTINCT policies[o], subjects[o], owners[o], moment FROM generate_subscripts(policies, 1) o;
  FOR i IN SELECT o FROM generate_subscripts(ring_policies, 1) o ORDER BY ring_policies[o], ring_subjects[o] LOOP
    PERFORM ring_take(ring_policies[i], ring_subjects[i], chosen[i], ring_claims[i], ring_widths[i], moment);
  END LOOP;
END $$;

-- Under which name an event counts against each of its address blocks. Over its limit a block is crowded: its events count apart and are
-- spaced, because thousands of telephones share one address and one of them must not stop the others. Null lanes when the spacing refuses.
-- Of one account only `share` events count against a block: failing at one's own account does not fill the neighbours' address.
CREATE FUNCTION address_lanes(policy text, blocks bytea[], maxima int[], seconds int, crowded_maxima int[], crowded_seconds int, whose uuid, share int,
  OUT lanes text[], OUT retry_after int)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  i int; hits int; oldest timestamptz; moment timestamptz := app_now(); crowded text := policy || '_crowded'; p text := policy;
BEGIN
  lanes := '{}';
  FOR i IN SELECT o FROM generate_subscripts(blocks, 1) o ORDER BY blocks[o] LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(p || ':' || encode(blocks[i], 'hex'), 0));
    SELECT count(*) INTO hits FROM (SELECT FROM limit_hits l
      WHERE l.policy = p AND l.subject = blocks[i] AND l.at > moment - make_interval(secs => seconds) LIMIT maxima[i]) h;
    IF hits < maxima[i] THEN
      lanes[i] := p;
    ELSE
      SELECT count(*), min(h.at) INTO hits, oldest FROM (SELECT l.at FROM limit_hits l
        WHERE l.policy = crowded AND l.subject = blocks[i] AND l.at > moment - make_interval(secs => crowded_seconds)
        ORDER BY l.at DESC LIMIT crowded_maxima[i]) h;
      IF hits >= crowded_maxima[i] THEN
        lanes := NULL;
        retry_after := greatest(1, ceil(extract(epoch FROM oldest - moment)) + crowded_seconds);
        RETURN;
      END IF;
      lanes[i] := crowded;
    END IF;
    IF whose IS NOT NULL AND (SELECT count(*) FROM (SELECT FROM limit_hits l
        WHERE l.owner = whose AND l.policy IN (p, crowded) AND l.subject = blocks[i] AND l.at > moment - make_interval(secs => seconds) LIMIT share) h) >= share
    THEN
      lanes[i] := '';
    END IF;
  END LOOP;
END $$;

-- Counts one event against its address blocks; the seconds to wait, or null when it was counted.
CREATE FUNCTION take_address(policy text, blocks bytea[], maxima int[], seconds int, crowded_maxima int[], crowded_seconds int) RETURNS int
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  judged record;
BEGIN
  SELECT * INTO judged FROM address_lanes(policy, blocks, maxima, seconds, crowded_maxima, crowded_seconds, NULL, 0);
  IF judged.lanes IS NULL THEN RETURN judged.retry_after; END IF;
  INSERT INTO limit_hits (policy, subject) SELECT judged.lanes[o], blocks[o] FROM generate_subscripts(blocks, 1) o;
  RETURN NULL;
END $$;

DROP FUNCTION limit_full(text, bytea, int, int);

-- Counts one password attempt before it is evaluated; always one row. `retry_after` refuses for its address, `locked` makes the attempt wrong
-- whatever was typed: the account, or what was typed where there is none, has failed too often or was asked too often.
DROP FUNCTION begin_password_attempt(bytea, bytea, bytea, int, int, int, int, int);
CREATE FUNCTION begin_password_attempt(who bytea, device bytea, block bytea, blocks bytea[], maxima int[], seconds int, crowded_maxima int[],
  crowded_seconds int, most int, wait int, longest int, attempts int, attempts_width int)
RETURNS TABLE (retry_after int, locked boolean) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
DECLARE
  failures int; last timestamptz; judged record; ring record; moment timestamptz := app_now();
  counted text := CASE WHEN device IS NULL THEN 'password_failures' ELSE 'password_failures_on_device' END;
  whose bytea := coalesce(device, who);
BEGIN
  locked := false;
  IF device IS NULL THEN
    SELECT * INTO judged FROM address_lanes('password_failures_per_ip', blocks, maxima, seconds, crowded_maxima, crowded_seconds, NULL, 0);
    IF judged.lanes IS NULL THEN
      retry_after := judged.retry_after;
      RETURN NEXT;
      RETURN;
    END IF;
    INSERT INTO limit_hits (policy, subject) SELECT judged.lanes[o], blocks[o] FROM generate_subscripts(blocks, 1) o;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(counted || ':' || encode(whose, 'hex'), 0));
  SELECT count(*), max(h.at) INTO failures, last FROM limit_hits h
    WHERE h.policy = counted AND h.subject = whose AND h.at > moment - interval '24 hours';
  -- At every `most` failures a wait counted from the last: `wait` seconds, doubling with each further `most`.
  IF failures > 0 AND failures % most = 0 THEN
    locked := last + make_interval(secs => least(longest, wait * 2 ^ least(failures / most - 1, 20))) > moment;
  END IF;
  -- Whatever its outcome an attempt costs a hash.
  SELECT * INTO ring FROM ring_lock('password_attempts', whose, attempts, attempts, true, attempts_width, 1, moment);
  IF ring.wait > 0 THEN
    locked := true;
  ELSE
    PERFORM ring_take('password_attempts', whose, ring.chosen, true, attempts_width, moment);
  END IF;
  IF NOT locked THEN
    INSERT INTO limit_hits (policy, subject, requester) VALUES (counted, whose, block);
  END IF;
  RETURN NEXT;
END $$;

-- Locks stop guesses of six digits alone: a recovery code of 80 bits is neither counted nor disabled. A known device has a count of its own.
ALTER TABLE "users" DROP CONSTRAINT "users_counters", DROP COLUMN "recovery_failures", DROP COLUMN "recovery_disabled_at",
  ADD CONSTRAINT "users_counters" CHECK ("factor_failures" >= 0);
ALTER TABLE "known_devices" ADD COLUMN "factor_failures" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "locked_until" TIMESTAMPTZ(6),
  ADD CONSTRAINT "known_devices_counters" CHECK ("factor_failures" >= 0);

-- When a message that a limit held back may be sent; null for one that was sent or is to be sent.
ALTER TABLE "messages" ADD COLUMN "until" TIMESTAMPTZ(6);

-- The challenge that this one replaced in the same browser, and when an account was told of a sign-in that ended after its password.
ALTER TABLE "challenges" ADD COLUMN "follows" UUID;
CREATE INDEX "challenges_follows_idx" ON "challenges"("follows") WHERE "follows" IS NOT NULL;
ALTER TABLE "users" ADD COLUMN "unfinished_told_at" TIMESTAMPTZ(6);
