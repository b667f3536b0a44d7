import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ourTexts } from "#lib/accounts/our-texts";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { ourTexts: words, common } = await getMessages();
  return { title: `${words.title} – ${site(common.brand).name}` };
}

/** Where our texts come from and what they look like, so that a forged one can be told (SM-02, JP-04). */
export default async function OurTexts() {
  const { common } = await getMessages();
  const t = await getTranslations("ourTexts");
  const { senders, codes, notice, greeting } = await ourTexts((await getLocale()) === "en" ? "en" : "ja");
  return (
    <div className="column reading">
      <h1>{t("title")}</h1>
      <p className="lead">{t("lead", { service: site(common.brand).name })}</p>
      <div className="facts mt-8">
        <section aria-labelledby="senders">
          <h2 id="senders">{t("sendersTitle")}</h2>
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
        </section>
        <section aria-labelledby="looks">
          <h2 id="looks">{t("looksTitle")}</h2>
          <p className="mt-2">{t("looksLead")}</p>
          {codes.map(({ purpose, text }) => (
            <Example key={purpose} label={t("purpose", { purpose })} text={text} />
          ))}
        </section>
        {notice ? (
          <section aria-labelledby="notice">
            <h2 id="notice">{t("noticeTitle")}</h2>
            <Example text={notice} />
          </section>
        ) : null}
        <section aria-labelledby="call">
          <h2 id="call">{t("callTitle")}</h2>
          <Example text={greeting} />
        </section>
        <section aria-labelledby="never">
          <h2 id="never">{t("neverTitle")}</h2>
          <ul className="mt-2 list-disc pl-5">
            <li>{t("neverLink")}</li>
            <li>{t("neverAsk")}</li>
            <li>{t("neverReply")}</li>
          </ul>
          <p className="mt-4">{t("strange")}</p>
        </section>
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
    <blockquote className="note plain mt-1! whitespace-pre-line">{text}</blockquote>
  </figure>
);
