-- Where a text or call goes, so that the sends to new numbers of the last hour can be weighed by country (FR-04).
ALTER TABLE "messages" ADD COLUMN "country" TEXT;
CREATE INDEX "messages_new_numbers_idx" ON "messages"("created_at") WHERE "template" = 'code.BIND_PHONE';
