import type * as ja from "../ja/help.ts";

/**
 * The help page for users who receive no message: which filters block texts, per carrier, and the alternatives. `…Call` is used if a call can be
 * placed.
 */
export const help = {
  title: "When the text does not arrive",
  lead: "Check these from the top. Without changing any setting, the other ways below get you on right now.",
  back: "Back to the verification code",
  toWays: "See the other ways",
  signIn: "Go to sign-in",

  firstTitle: "Check first",
  firstNumber: "The number",
  firstNumberText:
    "See whether the last digits on the page are those of the phone in your hand. After a new phone or a new carrier, nothing arrives until the new SIM is active.",
  firstSignal: "Signal and airplane mode",
  firstSignalText:
    "Texts travel over the mobile network, not over Wi-Fi alone. Turn airplane mode off, go where there is signal, and if it still does not arrive, restart the phone.",
  firstSender: "The sender",
  firstSenderText: "Our texts come from {sender} (over a foreign route it can be another number). Make sure that you have not blocked it.",
  firstSenderAny: "Our texts can come from a number you do not know. Make sure that you have not blocked numbers you do not recognise.",
  firstUnknown: "Unknown senders",
  firstUnknownText:
    "Phones can put texts from numbers outside your contacts into a list of their own. In your messages app, look under “Unknown senders” and “Spam” as well.",
  firstFull: "Storage",
  firstFullText: "A phone whose text memory is full takes no new ones. Delete some old texts.",

  carriersTitle: "Settings by carrier",
  carriersLead:
    "Texts sometimes travel over foreign routes. They do not arrive if your line refuses texts from abroad or from unknown numbers. Your carrier’s own pages or shops show how to change that.",
  docomo: "NTT Docomo (ahamo and others)",
  docomoBlocks:
    "Nothing arrives if “SMS拒否設定” (SMS rejection) refuses all texts, texts of other carriers, international texts or this number. The automatic “危険SMS拒否設定” (dangerous SMS rejection) now and then stops a good one.",
  docomoDo: "Look at “SMS拒否設定”. If something is set there, lift it or let {sender} through.",
  docomoDoAny: "Look at “SMS拒否設定”. If something is set there, lift it.",
  au: "au (and povo)",
  auBlocks:
    "“迷惑SMSブロック” (spam SMS block) works on every line by itself and now and then stops a good text. The phone itself may refuse numbers outside your contacts.",
  auDo: "Lift “迷惑SMSブロック” for a while, or look at the list of blocked numbers on the phone.",
  softbank: "SoftBank (and LINEMO)",
  softbankBlocks:
    "Many contracts refuse texts from abroad from the start. “電話番号メール拒否・許可” (numbers refused and allowed), “なりすましSMSの拒否” (spoofed SMS) and “迷惑SMSフィルター” (spam filter) can stop texts too.",
  softbankDo:
    "In My SoftBank (LINEMO: My Menu), look at the spam settings: texts from abroad, and numbers refused. The filter can be made weaker.",
  rakuten: "Rakuten Mobile",
  rakutenBlocks:
    "“迷惑SMS拒否設定” (spam SMS rejection) is on from the start. A text may also show up only in Rakuten Link, or only in the phone’s own messages app.",
  rakutenDo: "Look in both apps. If it is in neither, turn “迷惑SMS拒否設定” off for a while in my Rakuten Mobile.",
  ymobile: "Y!mobile",
  ymobileBlocks:
    "The same spam protection as SoftBank’s is at work. Texts that travel over foreign routes sometimes cannot be let through by any setting.",
  ymobileDo: "Look at the spam settings in My Y!mobile. If nothing changes, use one of the other ways below.",
  ymobileDoCall:
    "Look at the spam settings in My Y!mobile. If nothing changes, an automated call is the sure way to your verification code.",
  uq: "UQ mobile",
  uqBlocks: "The same “迷惑SMSブロック” (spam SMS block) as au’s works on every line by itself.",
  uqDo: "Lift “迷惑SMSブロック” for a while, or look at the list of blocked numbers on the phone.",
  mvno: "Low-cost SIMs (MVNOs)",
  mvnoBlocks:
    "The protection of the network they rent is at work (on Docomo’s “危険SMS拒否設定” and “SMS拒否設定”, on au’s “迷惑SMSブロック”). Some plans have no texts at all.",
  mvnoDo: "See on your provider’s page whether your plan has SMS. If not, use another number that receives texts.",
  mvnoDoCall:
    "See on your provider’s page whether your plan has SMS. A SIM without SMS takes no calls either: use a number that takes calls, such as a landline.",
  dataOnly: "Data-only SIMs",
  dataOnlyBlocks: "A data SIM without SMS takes neither texts nor calls. A data SIM with SMS takes texts only.",
  dataOnlyDo: "Register another number that receives texts.",
  dataOnlyDoCall:
    "Register another number that takes texts or calls. On a landline at home you can hear the verification code in an automated call.",
  foreign: "Foreign SIMs, and travelling abroad",
  foreignBlocks:
    "Numbers of foreign carriers work only for the countries this service supports. With a Japanese SIM abroad, neither texts nor calls arrive without international roaming.",
  foreignDo: "Switch roaming on for your Japanese SIM; mobile data can stay off. If nothing arrives, use a recovery code.",
  foreignDoCall:
    "Switch roaming on for your Japanese SIM; mobile data can stay off. Answering a call abroad may cost money. If nothing arrives, use a recovery code.",

  callTitle: "When the automated call does not come",
  callSilence: "Turn off “Silence unknown callers” and whatever refuses numbers outside your contacts for a moment.",
  callBlocked: "See whether your carrier refuses unknown or withheld numbers for you.",
  callAnswer:
    "When you answer, press 1 after the greeting. The verification code is not spoken before that, so that no answering machine keeps it.",

  waysTitle: "Other ways",
  waysLead: "You choose each of them on the page that asks for the verification code.",
  wayVoice: "Get it by automated call",
  wayVoiceText: "Works on landlines too. A voice reads the same verification code three times.",
  wayOther: "Use another phone number",
  wayOtherText:
    "If you registered several phone numbers, choose another one. While signing up, “Change the phone number” takes a different one.",
  wayNoTexts: "Register without a phone number",
  wayNoTextsText:
    "With a data-only SIM or another plan without SMS, sign up with an authenticator app or a passkey. In the middle of a sign-up, “Change the phone number” leads there.",
  wayRecovery: "Use a recovery code",
  wayRecoveryText: "One of the 10 you saved when you signed up lets you in without a phone.",

  safeTitle: "If someone asks you for a verification code",
  safe: "Calls or texts that ask for your verification code are fraud. We never ask for it. Enter verification codes only on pages of this site that you opened yourself.",
} satisfies typeof ja.help;
