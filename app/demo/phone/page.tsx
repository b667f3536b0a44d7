import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import { Handset } from "#components/demo/handset";
import { Chooser, Numbers } from "#components/demo/side";
import { canonicalIdentifier } from "#lib/authenticators/identifier";
import { realAccounts } from "#lib/delivery/provider-accounts/real-accounts";
import { demoMessages } from "#lib/demo/inbox";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { demo, common } = await getMessages();
  return { title: `${demo.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ to?: string | string[] }> };

export default async function DemoPhone({ searchParams }: Props) {
  const words = await getMessages();
  const { demo: demoMode, senderNumber } = site(words.common.brand);
  if (!demoMode) notFound();
  const { to: asked } = await searchParams;
  const to = typeof asked === "string" && asked.trim() !== "" ? canonicalIdentifier(asked.trim()).value : null;
  const everything = await demoMessages(null, null);
  const addresses = [...new Set(everything.map((message) => message.to))].slice(0, 8);
  const { demo, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall } = words;
  return (
    <div className="phone-page">
      <div>
        <Handset
          key={to}
          first={to === null ? everything : await demoMessages(to, null)}
          to={to}
          sender={senderNumber ?? ""}
          locale={await getLocale()}
          words={{ demo, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall }}
        />
      </div>
      <div className="side">
        <h1>{demo.title}</h1>
        <p className="lead mb-8">{realAccounts() ? demo.leadReal : demo.lead}</p>
        <Chooser addresses={addresses} to={to} words={demo} />
        <Numbers words={demo} />
      </div>
    </div>
  );
}
