-- Every wording of a text that an operator chose, with its author; one without a body went back to the product's.
CREATE TABLE "text_versions" (
  "id" BIGSERIAL NOT NULL,
  "template" TEXT NOT NULL,
  "locale" TEXT NOT NULL,
  "body" TEXT,
  "by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  CONSTRAINT "text_versions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "text_versions_template_locale_id_idx" ON "text_versions"("template", "locale", "id");
INSERT INTO "text_versions" ("template", "locale", "body", "by", "created_at")
  SELECT "template", "locale", "body", 'cli', "updated_at" FROM "text_templates";
GRANT SELECT, INSERT ON "text_versions" TO sekisho_app;
GRANT USAGE ON SEQUENCE "text_versions_id_seq" TO sekisho_app;
