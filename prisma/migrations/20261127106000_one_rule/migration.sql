-- The recovery codes that sign-in takes. Every count of what is left reads this.
CREATE VIEW "usable_recovery_codes" AS SELECT id, user_id FROM recovery_codes WHERE used_at IS NULL;
GRANT SELECT ON "usable_recovery_codes" TO sekisho_app;

-- Whether a session is within its overall and its idle limit (seconds), which are shorter for an account with a role (SE-05).
-- Reading one session and listing them use the same rule.
CREATE FUNCTION session_live(expires_at timestamptz, last_seen_at timestamptz, roles text[], idle int, role_idle int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT expires_at > app_now() AND last_seen_at > app_now() - make_interval(secs => CASE WHEN roles = '{}' THEN idle ELSE role_idle END)
$$;
