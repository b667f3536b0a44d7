-- Applications that keep no secret (RFC 6749 2.1: in a browser, or on a person's own device), and the least level that a service needs.
ALTER TABLE "openid_clients" ALTER COLUMN "secret_hash" DROP NOT NULL;
ALTER TABLE "openid_clients" ADD COLUMN "profile" TEXT NOT NULL DEFAULT 'web' CHECK ("profile" IN ('web', 'browser', 'native'));
ALTER TABLE "openid_clients" ADD COLUMN "level" TEXT;
ALTER TABLE "openid_clients" ADD CONSTRAINT "openid_clients_secret" CHECK (("profile" = 'web') = ("secret_hash" IS NOT NULL));

-- When the person of a request agreed to it; asked at each sign-in of an app on a device, whose name any other app there can use (RFC 8252 8.6).
ALTER TABLE "openid_items" ADD COLUMN "agreed_at" TIMESTAMPTZ(6);
