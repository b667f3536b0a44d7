-- Limits in fewer steps. The callers hand policies, rings and blocks over in one order, so that two takes never wait for each other in a circle.
CREATE OR REPLACE FUNCTION ring_lock(p text, s bytea, most int, unkept int, claims boolean, width int, shards int, moment timestamptz, OUT chosen int, OUT wait int)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bucket bigint := floor(extract(epoch FROM moment) / width); last int; there int; r limit_rings;
BEGIN
  wait := 0;
  -- The usual case in one step: a free shard with room in the present bucket.
  SELECT l.shard INTO chosen FROM limit_rings l
    WHERE l.policy = p AND l.subject = s AND l.shard < shards AND l.newest = bucket
      AND l.total < most::bigint * (l.shard + 1) / shards - most::bigint * l.shard / shards
      AND (claims OR l.shared_total < unkept::bigint * (l.shard + 1) / shards - unkept::bigint * l.shard / shards)
    LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF FOUND THEN RETURN; END IF;
  FOR turn IN 0 .. shards + 2 LOOP
    SELECT l.shard INTO chosen FROM limit_rings l
      WHERE l.policy = p AND l.subject = s AND l.shard < shards AND ring_has_room(l, most, unkept, claims, bucket, shards)
      LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN RETURN; END IF;
    -- Counted before the look for room: a shard that is written in between has room, and must not pass for a full one.
    there := (SELECT count(*) FROM limit_rings l WHERE l.policy = p AND l.subject = s AND l.shard < shards);
    SELECT l.shard INTO chosen FROM limit_rings l
      WHERE l.policy = p AND l.subject = s AND l.shard < shards AND ring_has_room(l, most, unkept, claims, bucket, shards) LIMIT 1;
    IF FOUND THEN
      PERFORM FROM limit_rings l WHERE l.policy = p AND l.subject = s AND l.shard = chosen FOR UPDATE;
    ELSIF there < shards THEN
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

CREATE OR REPLACE FUNCTION take_limits(policies text[], subjects bytea[], owners uuid[], maxima int[], windows int[], own boolean[], lifted boolean[],
  ring_policies text[], ring_subjects bytea[], ring_most int[], ring_unkept int[], ring_claims boolean[], ring_widths int[], ring_shards int[], ring_lifted boolean[])
RETURNS TABLE (refused_policy text, retry_after int) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
DECLARE
  i int; hits int; oldest timestamptz; moment timestamptz := app_now(); chosen int[] := '{}'; shard int; wait int;
BEGIN
  FOR i IN 1 .. cardinality(policies) LOOP
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
  FOR i IN 1 .. cardinality(ring_policies) LOOP
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
  FOR i IN 1 .. cardinality(ring_policies) LOOP
    PERFORM ring_take(ring_policies[i], ring_subjects[i], chosen[i], ring_claims[i], ring_widths[i], moment);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION address_lanes(policy text, blocks bytea[], maxima int[], seconds int, crowded_maxima int[], crowded_seconds int, whose uuid, share int,
  OUT lanes text[], OUT retry_after int)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  i int; hits int; oldest timestamptz; moment timestamptz := app_now(); crowded text := policy || '_crowded'; p text := policy;
BEGIN
  lanes := '{}';
  FOR i IN 1 .. cardinality(blocks) LOOP
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
