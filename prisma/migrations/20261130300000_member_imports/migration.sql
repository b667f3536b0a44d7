-- Files of members that staff upload: the report of the dry run, and how far the import is.
CREATE TABLE "member_imports" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "state" TEXT NOT NULL DEFAULT 'staged' CHECK ("state" IN ('staged', 'running', 'done', 'cancelled', 'expired')),
  -- Rows of the file, members among them that the dry run would take, and of those the ones that were written or left out, and the ones that were written.
  "rows" INTEGER NOT NULL,
  "members" INTEGER NOT NULL,
  "handled" INTEGER NOT NULL DEFAULT 0,
  "taken" INTEGER NOT NULL DEFAULT 0,
  "figures" JSONB NOT NULL,
  "floor_ms" INTEGER NOT NULL,
  "staged_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  -- The author for the audit log, with the reason.
  "begun_by" TEXT,
  "begun_at" TIMESTAMPTZ(6),
  "ended_at" TIMESTAMPTZ(6),
  CONSTRAINT "member_imports_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "member_imports_begun" CHECK (("begun_at" IS NULL) = ("begun_by" IS NULL) AND ("state" NOT IN ('running', 'done') OR "begun_at" IS NOT NULL)),
  CONSTRAINT "member_imports_ended" CHECK (("ended_at" IS NULL) = ("state" IN ('staged', 'running')))
);
-- One import at a time.
CREATE UNIQUE INDEX "member_imports_open" ON "member_imports"((true)) WHERE "ended_at" IS NULL;
CREATE INDEX "member_imports_staged_at_idx" ON "member_imports"("staged_at");

-- A part of a file, written in one transaction. The sealed rows are deleted with it; what is said of the lines stays for a day after the end.
CREATE TABLE "member_import_batches" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "import_id" UUID NOT NULL,
  "number" INTEGER NOT NULL,
  "rows_sealed" TEXT,
  "lines_sealed" TEXT,
  CONSTRAINT "member_import_batches_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "member_import_batches_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "member_imports"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "member_import_batches_import_id_number_key" ON "member_import_batches"("import_id", "number");

GRANT SELECT, INSERT, UPDATE, DELETE ON "member_imports", "member_import_batches" TO sekisho_app;
