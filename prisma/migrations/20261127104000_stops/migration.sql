-- What an operator has stopped: a channel, everywhere or to one country, by every provider account or by one. Stops add up, and each ends
-- by itself. A row stays for two days after its end, because a text that waited through the stop must not go out after it.
CREATE TABLE "sending_stops" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "channel" "channel" NOT NULL,
  "country" TEXT NOT NULL DEFAULT '*',
  "account_id" UUID,
  "stopped_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "ended_at" TIMESTAMPTZ(6),
  CONSTRAINT "sending_stops_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "sending_stops_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "provider_accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  -- A mail goes to no country and by no account.
  CONSTRAINT "sending_stops_shape" CHECK ("country" ~ '^(\*|[A-Z]{2})$' AND ("channel" <> 'EMAIL' OR ("country" = '*' AND "account_id" IS NULL)))
);
-- Two operators who stop the same thing at once make one stop.
CREATE UNIQUE INDEX "sending_stops_one_open" ON "sending_stops"("channel", "country", "account_id") NULLS NOT DISTINCT WHERE "ended_at" IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON "sending_stops" TO sekisho_app;

-- Whether a message written at a moment may not be handed to an account: a stop covers it that has not ended, or that ended after the
-- message was written. An end that is still to come was written before a demo clock was set back, and counts for nothing.
CREATE FUNCTION sending_stopped(wanted channel, destination text, account uuid, written timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM sending_stops s WHERE s.channel = wanted AND s.country IN ('*', destination) AND (s.account_id IS NULL OR s.account_id = account)
    AND (s.ended_at IS NULL OR (s.ended_at > written AND s.ended_at <= app_now())));
END $$;

-- Which of texts and calls to a country are stopped now, as the methods of the API. The stop of one account counts where no other account
-- in use carries the channel there.
CREATE FUNCTION stopped_ways(destination text, demo boolean) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM sending_stops WHERE ended_at IS NULL AND channel <> 'EMAIL') THEN RETURN '{}'; END IF;
  RETURN ARRAY(
    SELECT lower(way::text) FROM unnest(ARRAY['SMS', 'VOICE']::channel[]) way
    WHERE EXISTS (SELECT FROM sending_stops s WHERE s.ended_at IS NULL AND s.channel = way AND s.country IN ('*', destination))
      AND NOT EXISTS (
        SELECT FROM provider_routes o JOIN provider_accounts a ON a.id = o.account_id
        WHERE o.channel = way AND o.country IN (destination, '*') AND a.disabled_at IS NULL AND (a.kind <> 'demo' OR demo)
          AND NOT EXISTS (SELECT FROM sending_stops s WHERE s.ended_at IS NULL AND s.channel = way AND s.country IN ('*', destination)
                            AND (s.account_id IS NULL OR s.account_id = a.id))));
END $$;
