-- The index of the log by time, which the filters of the audit pages need, serves the count of a day too.
DROP INDEX "audit_events_at_brin";
