import type * as ja from "../ja/errors.ts";

/** The message of every refusal: what happened, and what to do now. */
export const errors = {
  invalid_input: "We could not read what you entered. Please enter it again.",
  required: "Please fill this in.",
  email_invalid: "This is not a complete e-mail address. Example: hanako@example.jp",
  url_invalid: "Enter at most 10 URLs, one per line, starting with https and without # or *.",
  app_url_invalid:
    "Enter at most 10 URLs, one per line, without # or *: with https, with http to 127.0.0.1, or with a scheme that is your domain name in reverse order, such as com.example.app:/.",
  not_one_host: "All return URLs must be on the same host. Register another host as another service.",
  host_is_fixed:
    "This service knows its people by numbers of this host. On another host it would not recognise them: register it as another service.",
  password_too_short: "This password is too short. Use at least 8 characters.",
  password_too_long: "This password is too long. Use at most 256 characters.",
  password_common: "This password is common or easy to guess. Choose another one.",
  password_context: "A password made from your e-mail address or our name is easy to guess. Choose another one.",
  accept_risk_required: "Please read the notice and tick the box.",
  saved_required: "Once you have saved the recovery codes, tick the box.",
  unsupported_media_type: "We cannot read this kind of request. Please open the page again.",
  too_large: "That was too much at once. Please make it shorter.",
  forbidden_origin: "This came from another site. Please use the pages of this site.",
  unauthenticated: "You are not signed in. Sign in and try again.",
  credentials_wrong: "The e-mail address, phone number or password is wrong. Please enter them again.",
  challenge_missing: "This step is finished or no longer exists. Please start again.",
  challenge_expired: "Your time for this step ran out. Please start again.",
  code_wrong: "That verification code is wrong. Check that it is the one from the newest text or e-mail.",
  too_many_attempts: "Too many mistakes: this attempt is closed. Please start again.",
  too_many_sends: "We cannot send another one right now. Wait about {wait}, or choose another way.",
  too_many_requests: "Too many tries in a row. Wait about {wait} and try again.",
  number_not_accepted: "We cannot use this phone number. Please check it.",
  number_taken: "This phone number already belongs to another account. Use another number, or sign in to the account that has it.",
  method_not_available: "That way is not available now. Choose another way.",
  sending_stopped: "For now we have stopped sending verification codes this way. Choose another way, or wait until we start again.",
  form_of_another: "This page does not belong to the present sign-in. Nothing was sent or changed. Open the page again.",
  cookies_blocked:
    "This browser refuses cookies, so it cannot go on (no verification code has been sent). Allow cookies for this site in the browser’s settings, then enter this again.",
  step_up_required: "This is an important act: confirm that it is you first.",
  idempotency_key_reused: "This Idempotency-Key was used with another body. Send a new key with every new request.",
  confirmation_mismatch: "This is not what you confirmed, or it has been used already. Start again.",
  passkey_required: "An amount of this size is confirmed with a passkey only.",
  account_restricted: "Important acts of this account are stopped for a while to keep it safe. Try again later, or contact us.",
  notice_code_wrong:
    "The reference, or the stop or undo code, is wrong, was used already, or is older than 7 days. Check the notice again.",
  last_factor:
    "This is your last way to confirm it is you, so it cannot be removed. Add another phone number, an authenticator app or a passkey first.",
  email_taken: "Another account uses this e-mail address. Enter a different one.",
  address_private:
    "This address leads into a private network. To use it, name its host in the setting PROVIDER_PRIVATE_HOSTS and start the server again.",
  address_unknown: "The host name of this address is not found. Check its spelling.",
  endpoint_url: "Enter an https URL that has no name, password or # in it.",
  endpoint_private:
    "This address leads into a private network. To use it, name its host in the setting EVENTS_PRIVATE_HOSTS and start the server again.",
  name_in_use: "There is one of these already. Enter a different one.",
  too_many_phones: "An account can have up to five phone numbers. Remove one you do not use first.",
  too_many_passkeys: "An account can have up to ten passkeys. Remove one you do not use first.",
  recovery_codes_unconfirmed: "Save your recovery codes first.",
  factor_required: "First register the method that signing in will need from now on.",
  sign_up_closed: "New sign-ups are closed at the moment. If you have an account, you can sign in.",
  not_found: "We could not find that. Please open the page again.",
  not_allowed: "This cannot be done. The page says why.",
  case_open: "A recovery request stands already. See how it stands with the reference and the status code of our e-mail.",
  changed_since: "Someone else changed this after you opened the page. Open it again and check what it is now before you change it.",
  last_administrator: "This would leave no one with this role. Give it to someone else first.",
  unavailable: "We cannot take this right now. Wait a moment and try again.",
} satisfies typeof ja.errors;

/** Why an answer was wrong. */
export const wrongReasons = {
  clock_off:
    "That verification code is out of time. Set date and time of the device with your authenticator app to automatic, then enter the next one that it shows.",
  passkey_unknown: "This passkey is not registered here (it was removed). Use another passkey, or sign in with your password.",
} satisfies typeof ja.wrongReasons;

/** Why a phone number is refused, and which one is accepted. */
export const numberReasons = {
  invalid: "This does not look like a phone number. Write it like 090-1234-5678 or +81 90 1234 5678.",
  country_not_allowed: "We do not serve phone numbers of this country yet. Please use a Japanese one.",
  landline_needs_voice:
    "Texts do not reach a landline. We changed it to “Automated call”: if that is fine, just press “Send the verification code”.",
  no_calls:
    "An automated call cannot bring you the verification code at the moment. Enter a mobile number and choose “Text message (SMS)”.",
  voip: "Internet numbers (050 and the like) cannot be used. Enter a mobile or landline number.",
  premium: "Premium, shared and special numbers cannot be used. Enter a mobile or landline number.",
} satisfies typeof ja.numberReasons;

/** Why a message did not arrive, for its recipient. */
export const deliveryReasons = {
  invalid_number: "This number does not seem to be in use. Check it, or choose another way.",
  not_reachable: "The phone seems to be off or out of reach. Check that it is on and has signal, or choose another way.",
  landline: "Texts do not reach a landline. Choose another way.",
  refused_by_subscriber: "Your line refused the text. Check your carrier’s spam settings, or choose another way.",
  no_sms_service: "Your contract does not include texts. Choose another way.",
  opted_out: "This number has opted out of our messages. Choose another way.",
  country_blocked: "We do not send to this country at the moment. Choose another way.",
  throttled: "The network is busy. Wait a moment or choose another way.",
  budget_spent: "Sending is paused. Wait a moment or choose another way.",
  provider_down: "The message service has an outage. Choose another way, or wait a little.",
  rejected: "The message service did not accept it. Choose another way.",
  number_at_risk:
    "The SIM of this number was replaced recently, so for your safety no verification code was sent. Choose another way, such as a recovery code.",
  number_recycled:
    "This number may have gone to another subscriber since you added it, so no verification code was sent. Sign in another way, then add the number again.",
  call_forwarded: "Calls to this number are forwarded to another one, so no verification code was given. Choose another way.",
  sending_stopped: "We have stopped sending this way for everyone. Choose another way, or wait until we start again.",
  address_refused: "The server of this address refused the e-mail. Check the address for typos, and sign up again from the start.",
  unknown: "The reason is not known. Choose another way.",
} satisfies typeof ja.deliveryReasons;

/** Replaces a reason if this challenge offers a call. */
export const reasonsWithCall = {
  landline: "Texts do not reach a landline. Take the automated call instead.",
  refused_by_subscriber: "Your line refused the text. Check your carrier’s spam settings, or take the automated call instead.",
  no_sms_service: "Your contract does not include texts. A number that takes calls can have it by automated call.",
} satisfies typeof ja.reasonsWithCall;

/** Replaces a reason if the message was a call. */
export const reasonsOfCall = {
  not_reachable: "Check that your phone does not silence or refuse unknown callers, or choose another way.",
  refused_by_subscriber: "Your line refused the call. Check its settings, or choose another way.",
} satisfies typeof ja.reasonsOfCall;
