-- The proofs of an hour are found by the index of events and their time, so that a sign-in writes one index less.
DROP INDEX "audit_events_proofs_idx";
