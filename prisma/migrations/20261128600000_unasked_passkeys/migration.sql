-- A passkey that a browser makes by itself after a sign-in by text: tried once in a session, in a ceremony of its own.
ALTER TABLE "sessions" ADD COLUMN "passkey_tried_at" TIMESTAMPTZ(6);
ALTER TABLE "passkey_ceremonies" ADD COLUMN "unasked" BOOLEAN NOT NULL DEFAULT false;

-- How often the offer of a passkey was put off since its last rest, and when last.
ALTER TABLE "users" ADD COLUMN "passkey_put_off" SMALLINT NOT NULL DEFAULT 0, ADD COLUMN "passkey_put_off_at" TIMESTAMPTZ(6);
