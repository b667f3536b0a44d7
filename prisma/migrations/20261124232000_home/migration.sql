-- Where this database is: a dump that was restored, or a copy, is somewhere else, and what was ended or used since is alive again in it.
CREATE TABLE "database_home" (
  "id" BOOLEAN NOT NULL DEFAULT true,
  "home" TEXT NOT NULL,
  "timeline" INTEGER NOT NULL,
  "noted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  CONSTRAINT "database_home_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "database_home_one_row" CHECK ("id")
);

-- The server, the database in it and the table in that: restoring with other objects in their place changes one of them. The timeline
-- changes where a replica took over or a server was set back. No row where the server does not tell.
CREATE FUNCTION current_home() RETURNS TABLE (home text, timeline int) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT format('%s/%s/%s', s.system_identifier, d.oid, 'public.database_home'::regclass::oid), c.timeline_id
    FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database();
EXCEPTION WHEN insufficient_privilege THEN RETURN;
END $$;

INSERT INTO "database_home" ("home", "timeline") SELECT home, timeline FROM current_home();
GRANT SELECT, INSERT, UPDATE ON "database_home" TO sekisho_app;
