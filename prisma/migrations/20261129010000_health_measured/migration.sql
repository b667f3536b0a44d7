-- What a worker measured last, so that a scrape and a page read one row and tell the same from every instance.
CREATE TABLE "health_measured" (
  "id" BOOLEAN NOT NULL DEFAULT true CHECK ("id"),
  "at" TIMESTAMPTZ(6) NOT NULL,
  "measured" JSONB NOT NULL,
  CONSTRAINT "health_measured_pkey" PRIMARY KEY ("id")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "health_measured" TO sekisho_app;
