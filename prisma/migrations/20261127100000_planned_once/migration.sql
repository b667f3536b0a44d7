-- A function in SQL that cannot be inlined is planned at every call (before PostgreSQL 18); one in PL/pgSQL keeps its plan for the session.
-- app_now() is called about 40 times in a sign-in.
CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN now() + make_interval(secs => (SELECT c.offset_seconds FROM public.clock c WHERE c.id));
END $$;

CREATE OR REPLACE FUNCTION calls_carried(destination text, demo boolean) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM provider_routes o JOIN provider_accounts a ON a.id = o.account_id
    WHERE o.channel = 'VOICE' AND o.country IN (destination, '*') AND a.disabled_at IS NULL AND (a.kind <> 'demo' OR demo));
END $$;
