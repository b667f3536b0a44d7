import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Card } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { ourTexts } from "#lib/accounts/our-texts";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { ourTexts: words, common } = await getMessages();
  return { title: `${words.title} – ${site(common.brand).name}` };
}

/** Shows the senders and the wording of our texts, so that people recognise a forged one (SM-02, JP-04). */
export default async function OurTexts() {
  const { common } = await getMessages();
  const t = await getTranslations("ourTexts");
  const { senders, codes, notice, greeting } = await ourTexts((await getLocale()) === "en" ? "en" : "ja");
  return (
    <div className="column reading">
      <PageHead title={t("title")} lead={t("lead", { service: site(common.brand).name })} />
      <div className="grid gap-5">
        <Card id="senders" title={t("sendersTitle")}>
          <p className="mt-2">{senders.sms.length > 0 ? t("sms") : t("smsUnknown")}</p>
          <Senders list={senders.sms} />
          {senders.sms.some((sender) => sender.replaceAll(/\D/g, "").startsWith("0005")) ? (
            <p className="hint mt-2">{t("commonNumber")}</p>
          ) : null}
          {senders.voice.length > 0 ? (
            <>
              <p className="mt-4">{t("voice")}</p>
              <Senders list={senders.voice} />
            </>
          ) : null}
        </Card>
        <Card id="looks" title={t("looksTitle")}>
          <p className="mt-2">{t("looksLead")}</p>
          {codes.map(({ purpose, text }) => (
            <Example key={purpose} label={t("purpose", { purpose })} text={text} />
          ))}
        </Card>
        {notice ? (
          <Card id="notice" title={t("noticeTitle")}>
            <Example text={notice} />
          </Card>
        ) : null}
        <Card id="call" title={t("callTitle")}>
          <Example text={greeting} />
        </Card>
        <Card id="never" title={t("neverTitle")}>
          <ul className="mt-2 list-disc pl-5">
            <li>{t("neverLink")}</li>
            <li>{t("neverAsk")}</li>
            <li>{t("neverReply")}</li>
          </ul>
          <p className="mt-4">{t("strange")}</p>
        </Card>
      </div>
    </div>
  );
}

const Senders = ({ list }: { list: string[] }) => (
  <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1">
    {list.map((sender) => (
      <li key={sender}>
        <strong>
          <bdi>{sender}</bdi>
        </strong>
      </li>
    ))}
  </ul>
);

const Example = ({ label, text }: { label?: string; text: string }) => (
  <figure className="mt-4">
    {label ? <figcaption className="hint">{label}</figcaption> : null}
    <blockquote className="mt-1 rounded-lg border border-line bg-sunk px-4 py-3 text-[0.9375rem] leading-[1.7] whitespace-pre-line">
      {text}
    </blockquote>
  </figure>
);
