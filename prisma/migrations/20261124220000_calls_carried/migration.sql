-- Whether an account in use may call a country: a call is offered only then. The demo network counts in demo mode alone.
CREATE FUNCTION calls_carried(destination text, demo boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM provider_routes o JOIN provider_accounts a ON a.id = o.account_id
    WHERE o.channel = 'VOICE' AND o.country IN (destination, '*') AND a.disabled_at IS NULL AND (a.kind <> 'demo' OR demo))
$$;
