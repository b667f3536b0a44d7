-- Texts and calls of the set-up guide to handsets of the operator's own staff, what became of them, and what the handset showed.
CREATE TABLE "rehearsals" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "scene" TEXT NOT NULL CHECK ("scene" IN ('handset', 'refused', 'no_sms', 'first_off', 'all_down')),
  "line" TEXT CHECK ("line" IN ('docomo', 'au', 'softbank', 'rakuten', 'ymobile', 'uq', 'mvno', 'data_only')),
  "system" TEXT CHECK ("system" IN ('iphone', 'android')),
  "channel" "channel" NOT NULL CHECK ("channel" <> 'EMAIL'),
  "locale" TEXT NOT NULL,
  -- The number for a repetition within 30 days, and its last two digits; a rehearsal that asks no provider has neither.
  "number_sealed" TEXT,
  "digits" TEXT,
  "message_id" UUID NOT NULL,
  -- The one account that was asked, and those that this message alone was kept from.
  "asked_of" TEXT,
  "left_out" TEXT[] NOT NULL DEFAULT '{}',
  -- The text as it was sent, its code replaced.
  "wording" TEXT NOT NULL,
  -- Pseudonyms of the audit log.
  "asked_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT app_now(),
  "shown" TEXT CHECK ("shown" IN ('whole', 'broken', 'absent')),
  "autofill" TEXT CHECK ("autofill" IN ('filled', 'not_filled', 'not_tried')),
  "code_typed" BOOLEAN NOT NULL DEFAULT false,
  "confirmed_by" UUID,
  "confirmed_at" TIMESTAMPTZ(6),
  -- What became of the message, kept when the message itself is dropped.
  "status" "delivery_status" NOT NULL DEFAULT 'queued',
  "reason" TEXT,
  "provider" TEXT,
  "carrier" TEXT,
  "seconds" DOUBLE PRECISION,
  CONSTRAINT "rehearsals_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rehearsals_handset_check" CHECK (("scene" = 'handset') = ("line" IS NOT NULL) AND ("line" IS NULL) = ("system" IS NULL)),
  CONSTRAINT "rehearsals_confirmed_check" CHECK (("shown" IS NULL) = ("confirmed_at" IS NULL) AND ("shown" IS NULL) = ("confirmed_by" IS NULL))
);
CREATE UNIQUE INDEX "rehearsals_message_id_key" ON "rehearsals"("message_id");
CREATE INDEX "rehearsals_created_at_idx" ON "rehearsals"("created_at", "id");
GRANT SELECT, INSERT, UPDATE, DELETE ON "rehearsals" TO sekisho_app;
