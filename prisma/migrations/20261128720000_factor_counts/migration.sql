-- The proofs of second factors by their time, so that an hour of them is counted from this index alone.
CREATE INDEX "audit_events_proofs_idx" ON "audit_events"("at") INCLUDE ("method")
  WHERE "event" IN ('session.opened', 'step_up.proven', 'confirmation.proven', 'reset.factor_proven');

-- What a job has counted: `uses` of an hour each, `accounts` all of them at a moment.
CREATE TABLE "factor_counts" (
  "what" TEXT NOT NULL,
  "at" TIMESTAMPTZ(6) NOT NULL,
  "counts" JSONB NOT NULL,
  CONSTRAINT "factor_counts_pkey" PRIMARY KEY ("what", "at")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "factor_counts" TO sekisho_app;
