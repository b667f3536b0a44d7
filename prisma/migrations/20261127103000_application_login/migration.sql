-- The application's login must not become the owner (decision 027). A function that runs as its owner names what it writes to: without
-- this its table is looked for among the caller's temporary tables first, and a trigger on one of those would run with the owner's rights.
CREATE OR REPLACE FUNCTION audit_queue_for_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.audit_unsealed VALUES (NEW.id);
  RETURN NULL;
END $$;

-- What was applied is the owner's to write; the application reads it, to know whether the database is of its version.
DO $$ BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON public._prisma_migrations FROM sekisho_app;
  END IF;
END $$;

-- A database that was made before PostgreSQL 15 lets every login create objects here, which the owner's next migration could call.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The proxy that names clients in a header and is not in TRUSTED_PROXIES, noted by the instances for the doctor: one row at most.
CREATE TABLE "untrusted_proxy" (
  "id" BOOLEAN NOT NULL DEFAULT true,
  "peer" TEXT NOT NULL,
  "header" TEXT NOT NULL,
  "requests" INTEGER NOT NULL,
  "noted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  CONSTRAINT "untrusted_proxy_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "untrusted_proxy_one_row" CHECK ("id")
);
GRANT SELECT, INSERT, UPDATE ON "untrusted_proxy" TO sekisho_app;
