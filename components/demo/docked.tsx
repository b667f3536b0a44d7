"use client";

import { Handset } from "#components/demo/handset";
import { demo as enDemo } from "#lib/words/en/demo";
import * as enErrors from "#lib/words/en/errors";
import { delivery as enDelivery } from "#lib/words/en/verify";
import { demo as jaDemo } from "#lib/words/ja/demo";
import * as jaErrors from "#lib/words/ja/errors";
import { delivery as jaDelivery } from "#lib/words/ja/verify";
import type { ReasonWords } from "#lib/words/reason";

const reasons = ({ deliveryReasons, reasonsWithCall, reasonsOfCall }: ReasonWords): ReasonWords => ({
  deliveryReasons,
  reasonsWithCall,
  reasonsOfCall,
});

const words = {
  ja: { demo: jaDemo, delivery: jaDelivery, ...reasons(jaErrors) },
  en: { demo: enDemo, delivery: enDelivery, ...reasons(enErrors) },
};

/** The handset inside the panel; it loads its messages and its words itself. */
export default function Docked({ sender, locale }: { sender: string; locale: string }) {
  return <Handset first={none} to={null} sender={sender} locale={locale} words={words[locale === "en" ? "en" : "ja"]} />;
}

const none: [] = [];
