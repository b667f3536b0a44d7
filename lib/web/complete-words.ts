import type { AuditEventName } from "#lib/audit/record";
import type { DeliveryError, ErrorCode, NumberReason, StaffReason } from "#lib/errors";
import type { Words } from "#lib/words/ja";

/** `sign_in.password_wrong` → `sign_in_password_wrong`: next-intl reads a dot in a key as nesting. */
type Key<Name extends string> = Name extends `${infer Subject}.${infer What}` ? `${Subject}_${What}` : Name;

/** A compile-time check that every code, reason and event has words. */
type Complete = Pick<Words["errors"], ErrorCode> &
  Pick<Words["numberReasons"], NumberReason> &
  Pick<Words["deliveryReasons"], DeliveryError> &
  Pick<Words["staffReasons"], StaffReason> &
  Pick<Words["events"], Key<AuditEventName>>;

export type { Complete };
