-- What became of the texts and calls to new numbers in each hour, so that thresholds of the pumping guard can be judged by the last 30 days.
CREATE TABLE "conversion_hours" (
  "hour" TIMESTAMPTZ(6) NOT NULL,
  "country" TEXT NOT NULL,
  "sends" INTEGER NOT NULL,
  "proven" INTEGER NOT NULL,
  CONSTRAINT "conversion_hours_pkey" PRIMARY KEY ("hour", "country")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "conversion_hours" TO sekisho_app;
