import { consoleFrame, staffReasons } from "./en/console.ts";
import { consoleAbuse } from "./en/console-abuse.ts";
import { consoleCase, consoleCaseFacts } from "./en/console-case.ts";
import {
  consoleCaseChecks,
  consoleCaseFlags,
  consoleCaseReasons,
  consoleCaseStates,
  consoleCases,
  consoleCaseTemplates,
} from "./en/console-cases.ts";
import { consoleClients } from "./en/console-clients.ts";
import { consoleEventFailures, consoleEvents, consoleEventTypes } from "./en/console-events.ts";
import { consoleHealth } from "./en/console-health.ts";
import { consoleKeys } from "./en/console-keys.ts";
import { consoleAudit, consoleAuditKinds, consoleCarriers, consoleMessage, consoleMessages } from "./en/console-logs.ts";
import { consoleMembers } from "./en/console-members.ts";
import { consoleOverview } from "./en/console-overview.ts";
import { consolePeople, staffInvite } from "./en/console-people.ts";
import { consolePolicy, consoleSettings } from "./en/console-policy.ts";
import { consoleProviders } from "./en/console-providers.ts";
import { consoleRehearse } from "./en/console-rehearse.ts";
import { consoleService } from "./en/console-service.ts";
import { consoleSetup } from "./en/console-setup.ts";
import { consoleTexts } from "./en/console-texts.ts";
import { consoleUsage } from "./en/console-usage.ts";
import { consoleActs, consoleScreen, consoleTimeline, consoleUser, consoleUsers } from "./en/console-users.ts";
import { demo } from "./en/demo.ts";
import { drawn } from "./en/drawn.ts";
import { enterSite } from "./en/enter-site.ts";
import { deliveryReasons, errors, numberReasons, reasonsOfCall, reasonsWithCall, wrongReasons } from "./en/errors.ts";
import { factors, passkeyFailures } from "./en/factors.ts";
import { help } from "./en/help.ts";
import { journey, phone, recovery, signIn, signUp } from "./en/journey.ts";
import { lostPhone } from "./en/lost-phone.ts";
import { noTexts } from "./en/no-texts.ts";
import { openId } from "./en/openid.ts";
import { outage } from "./en/outage.ts";
import { noticeCodes, own, reset, stepUp } from "./en/own.ts";
import { parts } from "./en/parts.ts";
import { passkeyOffer } from "./en/passkey-offer.ts";
import { policy } from "./en/policy.ts";
import { confirming, sample, trusted } from "./en/sample.ts";
import { callouts, consent, data, devices, ourTexts, release, sentReasons, sentTexts } from "./en/self.ts";
import { account, common, crash, eventMethods, events, landing, notFound } from "./en/site.ts";
import { social } from "./en/social.ts";
import { stops } from "./en/stops.ts";
import { delivery, ended, verify } from "./en/verify.ts";
import type { Words } from "./ja.ts";

/** The English words; a missing or an extra key fails the build. */
export const en = {
  common,
  landing,
  signUp,
  journey,
  signIn,
  verify,
  ended,
  delivery,
  stops,
  outage,
  help,
  phone,
  noTexts,
  recovery,
  reset,
  stepUp,
  own,
  noticeCodes,
  policy,
  confirming,
  sample,
  enterSite,
  trusted,
  account,
  data,
  callouts,
  devices,
  consent,
  release,
  sentTexts,
  sentReasons,
  ourTexts,
  events,
  eventMethods,
  demo,
  parts,
  drawn,
  notFound,
  crash,
  errors,
  numberReasons,
  deliveryReasons,
  reasonsWithCall,
  reasonsOfCall,
  factors,
  passkeyFailures,
  passkeyOffer,
  wrongReasons,
  staffReasons,
  consoleFrame,
  consoleCase,
  consoleCaseFacts,
  consoleCases,
  consoleCaseStates,
  consoleCaseReasons,
  consoleCaseFlags,
  consoleCaseChecks,
  consoleCaseTemplates,
  consoleClients,
  consolePeople,
  consoleEvents,
  consoleEventTypes,
  consoleEventFailures,
  consoleKeys,
  staffInvite,
  consoleOverview,
  consoleActs,
  consoleScreen,
  consoleTimeline,
  consoleUser,
  consoleUsers,
  consolePolicy,
  consoleProviders,
  consoleService,
  consoleSetup,
  consoleRehearse,
  consoleSettings,
  consoleAbuse,
  consoleTexts,
  consoleUsage,
  consoleHealth,
  consoleMembers,
  consoleMessages,
  consoleMessage,
  consoleCarriers,
  consoleAudit,
  consoleAuditKinds,
  lostPhone,
  openId,
  social,
} satisfies Words;
