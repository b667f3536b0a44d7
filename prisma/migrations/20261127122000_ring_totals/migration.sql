-- A ring keeps the sums of its buckets, so that a take within the present bucket adds one and adds up nothing.
ALTER TABLE "limit_rings" ADD COLUMN "total" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "shared_total" INTEGER NOT NULL DEFAULT 0;
UPDATE "limit_rings" SET "total" = ring_sum("totals", 0), "shared_total" = ring_sum("shared", 0);

CREATE OR REPLACE FUNCTION ring_has_room(r limit_rings, most int, unkept int, claims boolean, bucket bigint, shards int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF r.newest = bucket THEN
    RETURN r.total < ring_share(most, r.shard, shards) AND (claims OR r.shared_total < ring_share(unkept, r.shard, shards));
  END IF;
  RETURN ring_sum(r.totals, bucket - r.newest) < ring_share(most, r.shard, shards)
    AND (claims OR ring_sum(r.shared, bucket - r.newest) < ring_share(unkept, r.shard, shards));
END $$;

CREATE OR REPLACE FUNCTION ring_take(p text, s bytea, chosen int, claims boolean, width int, moment timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  bucket bigint := floor(extract(epoch FROM moment) / width); added int := CASE WHEN claims THEN 0 ELSE 1 END;
BEGIN
  UPDATE limit_rings l SET totals[1] = l.totals[1] + 1, shared[1] = l.shared[1] + added, total = l.total + 1, shared_total = l.shared_total + added
    WHERE l.policy = p AND l.subject = s AND l.shard = chosen AND l.newest = bucket;
  IF FOUND THEN RETURN; END IF;
  UPDATE limit_rings l SET newest = bucket, totals = ring_add(l.totals, bucket - l.newest, 1), shared = ring_add(l.shared, bucket - l.newest, added),
      total = ring_sum(l.totals, bucket - l.newest) + 1, shared_total = ring_sum(l.shared, bucket - l.newest) + added,
      expires_at = moment + make_interval(secs => 61 * width)
    WHERE l.policy = p AND l.subject = s AND l.shard = chosen;
END $$;
