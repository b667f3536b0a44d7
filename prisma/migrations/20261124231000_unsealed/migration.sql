-- What the sealing job has still to seal, so that its work does not grow with the log. The event puts itself there in its own transaction:
-- one that commits late is found late, whatever its number.
CREATE TABLE "audit_unsealed" (
  "event_id" BIGINT NOT NULL,
  CONSTRAINT "audit_unsealed_pkey" PRIMARY KEY ("event_id")
);
INSERT INTO "audit_unsealed" SELECT e."id" FROM "audit_events" e WHERE NOT EXISTS (SELECT 1 FROM "audit_seals" s WHERE s."event_id" = e."id");

ALTER TABLE "audit_events" DROP COLUMN "transaction";

CREATE FUNCTION audit_queue_for_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  INSERT INTO audit_unsealed VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER "audit_queue_for_seal" AFTER INSERT ON "audit_events" FOR EACH ROW EXECUTE FUNCTION audit_queue_for_seal();

GRANT SELECT, DELETE ON "audit_unsealed" TO sekisho_app;
