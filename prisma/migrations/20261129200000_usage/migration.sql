-- What was handed over on each day, counted by a job, so that a page of a year reads sums and not every message. Days are those of Japan.
CREATE TABLE "daily_usage" (
  "day" DATE NOT NULL,
  "channel" "channel" NOT NULL,
  "provider" TEXT NOT NULL,
  "country" TEXT NOT NULL,
  "carrier" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "result" "delivery_status" NOT NULL,
  -- Hand-overs, and those of them whose code was typed in.
  "count" INTEGER NOT NULL,
  "verified" INTEGER NOT NULL,
  -- What a provider charges by: the parts of a text, the minutes of a call.
  "segments" INTEGER NOT NULL,
  -- At the price that its provider account had when it was sent; what had none is counted in unpriced.
  "yen" NUMERIC(14, 4) NOT NULL,
  "unpriced" INTEGER NOT NULL,
  -- How many arrived within each span of seconds, so that percentiles of many days can be told.
  "waits" JSONB NOT NULL,
  CONSTRAINT "daily_usage_pkey" PRIMARY KEY ("day", "channel", "provider", "country", "carrier", "purpose", "result")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "daily_usage" TO sekisho_app;

-- The operator's own rates: what a contract says from a day on, in the currency of the invoice. The newest one that has begun counts.
CREATE TABLE "usage_rates" (
  "provider" TEXT NOT NULL,
  "channel" "channel" NOT NULL,
  "country" TEXT NOT NULL DEFAULT '*',
  "begins" DATE NOT NULL,
  "currency" TEXT NOT NULL,
  "price" NUMERIC(12, 6) NOT NULL CHECK ("price" >= 0),
  "monthly_fee" NUMERIC(12, 2) NOT NULL DEFAULT 0 CHECK ("monthly_fee" >= 0),
  CONSTRAINT "usage_rates_pkey" PRIMARY KEY ("provider", "channel", "country", "begins")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "usage_rates" TO sekisho_app;

-- What a unit of a currency was worth from a day on, as the operator entered it.
CREATE TABLE "currency_rates" (
  "currency" TEXT NOT NULL,
  "begins" DATE NOT NULL,
  "yen" NUMERIC(14, 6) NOT NULL CHECK ("yen" > 0),
  CONSTRAINT "currency_rates_pkey" PRIMARY KEY ("currency", "begins")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "currency_rates" TO sekisho_app;

-- The days of the overview are counted once more, so that the days before this version have their usage too.
UPDATE "daily_figures" SET "counted_at" = least("counted_at", ("day" + 3)::timestamp AT TIME ZONE 'Asia/Tokyo');
