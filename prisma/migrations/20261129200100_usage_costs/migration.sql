-- Usage with its cost: an own rate counts before the price of the provider account, and what failed costs nothing. What no price in yen is known for is
-- counted in missing.
CREATE VIEW "usage_costs" AS
  SELECT u.*,
    CASE WHEN u."result" = 'failed' THEN 0 WHEN r."provider" IS NULL THEN u."yen" ELSE coalesce(r."price" * c."yen" * u."segments", 0) END AS "cost",
    CASE WHEN u."result" = 'failed' THEN 0 WHEN r."provider" IS NULL THEN u."unpriced" WHEN c."yen" IS NULL THEN u."count" ELSE 0 END AS "missing"
  FROM "daily_usage" u
    LEFT JOIN LATERAL (SELECT * FROM "usage_rates" x WHERE x."provider" = u."provider" AND x."channel" = u."channel" AND x."country" IN ('*', u."country")
      AND x."begins" <= u."day" ORDER BY x."country" = '*', x."begins" DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT CASE WHEN r."currency" = 'JPY' THEN 1 ELSE (SELECT y."yen" FROM "currency_rates" y WHERE y."currency" = r."currency"
      AND y."begins" <= u."day" ORDER BY y."begins" DESC LIMIT 1) END AS "yen") c ON true;
GRANT SELECT ON "usage_costs" TO sekisho_app;
