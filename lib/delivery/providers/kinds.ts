import type { ProviderKind } from "#lib/delivery/provider";
import { aws } from "#lib/delivery/providers/aws/aws";
import { camara } from "#lib/delivery/providers/camara/camara";
import { demoNetwork } from "#lib/delivery/providers/demo";
import { infobip } from "#lib/delivery/providers/infobip/infobip";
import { karaden } from "#lib/delivery/providers/karaden/karaden";
import { smpp } from "#lib/delivery/providers/smpp/smpp";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { webhook } from "#lib/delivery/providers/webhook/webhook";

/** All kinds of provider; the only place where an adapter is registered. */
export const kinds: readonly ProviderKind[] = [demoNetwork, aws, camara, infobip, karaden, smpp, twilio, webhook];

/** Returns the kind of that name, or undefined. */
export const kindOf = (kind: string): ProviderKind | undefined => kinds.find((one) => one.kind === kind);
