-- Random keys that outlive the rotation of APP_KEYS: each is sealed under the active application key and sealed again when that changes.
CREATE TABLE "durable_keys" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "name" TEXT NOT NULL,
  "sealed" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),
  CONSTRAINT "durable_keys_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "durable_keys_name_key" ON "durable_keys"("name");

GRANT SELECT, INSERT ON "durable_keys" TO sekisho_app;
GRANT UPDATE ("sealed") ON "durable_keys" TO sekisho_app;
