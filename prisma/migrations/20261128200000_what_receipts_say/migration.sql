-- What became of a message says something of where it went: a number that no subscriber has, a mailbox that refuses for good. Written here, because
-- an outcome is recorded by several statements; an AFTER trigger, so that challenges are locked before accounts as everywhere.
CREATE FUNCTION "message_says"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE written_to TEXT;
BEGIN
  IF NEW."reason" = 'invalid_number' AND NEW."channel" = 'SMS' AND NEW."status" IN ('failed', 'undelivered') THEN
    UPDATE "phones" p SET "doubted_at" = app_now() FROM "authenticators" a
      WHERE p."id" = NEW."authenticator_id" AND a."id" = p."id" AND a."verified_at" IS NOT NULL AND p."doubted_at" IS NULL;
    RETURN NULL;
  END IF;
  IF NEW."channel" <> 'EMAIL' OR NEW."user_id" IS NULL OR NEW."recipient" IS NOT NULL THEN RETURN NULL; END IF;
  SELECT "email" INTO written_to FROM "challenges" WHERE "id" = NEW."challenge_id";
  IF NEW."reason" = 'address_refused' THEN
    UPDATE "users" u SET "email_refused_at" = app_now()
      WHERE u."id" = NEW."user_id" AND u."email" = coalesce(written_to, u."email") AND u."email_refused_at" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "changes" c WHERE c."user_id" = u."id" AND c."kind" = 'email_changed' AND c."created_at" >= NEW."created_at");
  ELSE
    UPDATE "users" u SET "email_refused_at" = NULL
      WHERE u."id" = NEW."user_id" AND u."email_refused_at" IS NOT NULL AND u."email" = coalesce(written_to, u."email");
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "message_says" AFTER UPDATE OF "status" ON "messages" FOR EACH ROW
  WHEN (NEW."status" <> OLD."status" AND (NEW."reason" IN ('invalid_number', 'address_refused') OR (NEW."channel" = 'EMAIL' AND NEW."status" IN ('sent', 'delivered'))))
  EXECUTE FUNCTION "message_says"();
