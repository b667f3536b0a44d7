-- An authenticator app: its sealed seed and the last time step that was used. `told_step` is a step whose code was named as out of time.
CREATE TABLE "totp" (
  "id" UUID NOT NULL,
  "seed_sealed" TEXT NOT NULL,
  "last_step" INTEGER NOT NULL DEFAULT 0,
  "told_step" INTEGER,
  CONSTRAINT "totp_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "totp_id_fkey" FOREIGN KEY ("id") REFERENCES "authenticators"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- An account has one app, and at most one that waits for its first code.
CREATE UNIQUE INDEX "authenticators_one_totp" ON "authenticators"("user_id", ("verified_at" IS NULL)) WHERE "kind" = 'totp';

-- A passkey. `counter` is the authenticator's own; `needs_password` is set for one that no person asked for, until it verified its user after a password.
CREATE TABLE "passkeys" (
  "id" UUID NOT NULL,
  "credential_id" BYTEA NOT NULL,
  "public_key" BYTEA NOT NULL,
  "alg" INTEGER NOT NULL,
  "counter" BIGINT NOT NULL DEFAULT 0,
  "aaguid" UUID NOT NULL,
  "transports" TEXT[] NOT NULL DEFAULT '{}',
  "backup_eligible" BOOLEAN NOT NULL,
  "backed_up" BOOLEAN NOT NULL,
  "discoverable" BOOLEAN NOT NULL,
  "needs_password" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "passkeys_id_fkey" FOREIGN KEY ("id") REFERENCES "authenticators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "passkeys_credential_id_length" CHECK (octet_length("credential_id") BETWEEN 1 AND 1023),
  CONSTRAINT "passkeys_counter" CHECK ("counter" >= 0)
);
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys"("credential_id");

-- The one live WebAuthn challenge of a sign-in or step-up, or of a session that adds a passkey: deleted by the first answer.
CREATE TABLE "passkey_ceremonies" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "challenge_id" UUID,
  "session_id" UUID,
  "nonce" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "passkey_ceremonies_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "passkey_ceremonies_challenge_id_fkey" FOREIGN KEY ("challenge_id") REFERENCES "challenges"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "passkey_ceremonies_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "passkey_ceremonies_of_one" CHECK (num_nonnulls("challenge_id", "session_id") = 1)
);
CREATE UNIQUE INDEX "passkey_ceremonies_challenge_id_key" ON "passkey_ceremonies"("challenge_id");
CREATE UNIQUE INDEX "passkey_ceremonies_session_id_key" ON "passkey_ceremonies"("session_id");

GRANT SELECT, INSERT, UPDATE, DELETE ON "totp", "passkeys", "passkey_ceremonies" TO sekisho_app;
