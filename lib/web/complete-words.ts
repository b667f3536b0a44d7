import type { AuditEventName } from "#lib/audit/record";
import type { DeliveryError, ErrorCode, NumberReason } from "#lib/errors";
import type { Words } from "#lib/words/ja";

/** `sign_in.password_wrong` → `sign_in_password_wrong`: a dot in a message key means nesting to next-intl. */
type Key<Name extends string> = Name extends `${infer Subject}.${infer What}` ? `${Subject}_${What}` : Name;

/** Compiles only while every code, reason and event of the product has words; a new one without words fails the build. */
type Complete = Pick<Words["errors"], ErrorCode> &
  Pick<Words["numberReasons"], NumberReason> &
  Pick<Words["deliveryReasons"], DeliveryError> &
  Pick<Words["events"], Key<AuditEventName>>;

export type { Complete };
