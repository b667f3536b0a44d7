-- The few accounts with a role, found without a look at every account.
CREATE INDEX "users_with_role_idx" ON "users"("id") WHERE "roles" <> '{}';
