import { consoleFrame, staffReasons } from "./ja/console.ts";
import { consoleAbuse } from "./ja/console-abuse.ts";
import { consoleCase, consoleCaseFacts } from "./ja/console-case.ts";
import {
  consoleCaseChecks,
  consoleCaseFlags,
  consoleCaseReasons,
  consoleCaseStates,
  consoleCases,
  consoleCaseTemplates,
} from "./ja/console-cases.ts";
import { consoleClients } from "./ja/console-clients.ts";
import { consoleEventFailures, consoleEvents, consoleEventTypes } from "./ja/console-events.ts";
import { consoleHealth } from "./ja/console-health.ts";
import { consoleKeys } from "./ja/console-keys.ts";
import { consoleAudit, consoleAuditKinds, consoleCarriers, consoleMessage, consoleMessages } from "./ja/console-logs.ts";
import { consoleMembers } from "./ja/console-members.ts";
import { consoleOverview } from "./ja/console-overview.ts";
import { consolePeople, staffInvite } from "./ja/console-people.ts";
import { consolePolicy, consoleSettings } from "./ja/console-policy.ts";
import { consoleProviders } from "./ja/console-providers.ts";
import { consoleRehearse } from "./ja/console-rehearse.ts";
import { consoleService } from "./ja/console-service.ts";
import { consoleSetup } from "./ja/console-setup.ts";
import { consoleTexts } from "./ja/console-texts.ts";
import { consoleUsage } from "./ja/console-usage.ts";
import { consoleActs, consoleScreen, consoleTimeline, consoleUser, consoleUsers } from "./ja/console-users.ts";
import { demo } from "./ja/demo.ts";
import { drawn } from "./ja/drawn.ts";
import { enterSite } from "./ja/enter-site.ts";
import { deliveryReasons, errors, numberReasons, reasonsOfCall, reasonsWithCall, wrongReasons } from "./ja/errors.ts";
import { factors, passkeyFailures } from "./ja/factors.ts";
import { help } from "./ja/help.ts";
import { journey, phone, recovery, signIn, signUp } from "./ja/journey.ts";
import { lostPhone } from "./ja/lost-phone.ts";
import { noTexts } from "./ja/no-texts.ts";
import { openId } from "./ja/openid.ts";
import { outage } from "./ja/outage.ts";
import { noticeCodes, own, reset, stepUp } from "./ja/own.ts";
import { parts } from "./ja/parts.ts";
import { passkeyOffer } from "./ja/passkey-offer.ts";
import { policy } from "./ja/policy.ts";
import { confirming, sample, trusted } from "./ja/sample.ts";
import { callouts, consent, data, devices, ourTexts, release, sentReasons, sentTexts } from "./ja/self.ts";
import { account, common, crash, eventMethods, events, landing, notFound } from "./ja/site.ts";
import { social } from "./ja/social.ts";
import { stops } from "./ja/stops.ts";
import { delivery, ended, verify } from "./ja/verify.ts";

/** The Japanese words; they are the default and define the keys of every language. */
export const ja = {
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
};

export type Words = typeof ja;
