import { getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { Row, Rows } from "#components/ui/rows";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { PHONES_PER_ACCOUNT } from "#lib/limits/policy";
import { callsOffered } from "#lib/web/calls";
import { requireSession } from "#lib/web/session";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../step-up/actions";

type Props = { searchParams: Promise<Record<"added" | "saved" | "removed", string | string[] | undefined>> };

export default async function Phones({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/phones" });
  const { added, saved, removed } = await searchParams;
  const t = await getTranslations("own");
  const a = await getTranslations("account");
  const when = await whenWords();
  const gate = await gateOf(session, "manage_factors");
  const [phones, calls] = await Promise.all([listPhones(session.user.id), callsOffered()]);
  const done =
    added !== undefined ? t("phoneAdded") : saved !== undefined ? t("phoneSaved") : removed !== undefined ? t("phoneRemoved") : null;
  return (
    <ActPage
      title={t("phonesTitle")}
      lead={t("phonesLead")}
      done={done}
      gate={gate}
      action="manage_factors"
      returnTo="/account/phones"
      form={sessionForm(session)}
      when={when}
      begin={beginStepUpAction}
      before={
        <Card id="phones" title={a("phones")}>
          {phones.length === 0 ? <Empty title={a("noPhones")}>{a("noPhonesText")}</Empty> : null}
          <Rows>
            {phones.map((phone) => (
              <Row
                key={phone.id}
                title={<strong>{[phone.name, a("phoneEnding", { digits: phone.lastDigits })].filter(Boolean).join(" ")}</strong>}
                badges={
                  phone.disabled ? (
                    <Badge tone="warn">{t("phoneDisabled")}</Badge>
                  ) : phone.default && phones.length > 1 ? (
                    <Badge tone="good">{t("phoneDefault")}</Badge>
                  ) : undefined
                }
                meta={[
                  a(phone.voiceOnly ? "phoneVoice" : calls ? "phoneSmsCall" : "phoneSms"),
                  phone.lastUsedAt ? t("phoneUsed", { time: when(phone.lastUsedAt) }) : t("phoneUnused"),
                ]}
                actions={
                  gate.open ? (
                    <>
                      <Button kind="secondary" small href={`/account/phones/add?replaces=${phone.id}`}>
                        {t("phoneReplace")}
                      </Button>
                      <Button kind="quiet" href={`/account/phones/${phone.id}`}>
                        {t("phoneEdit")}
                      </Button>
                    </>
                  ) : undefined
                }
              />
            ))}
          </Rows>
        </Card>
      }
    >
      {phones.length < PHONES_PER_ACCOUNT ? (
        <Button className="mt-6" href="/account/phones/add">
          {t("phoneAdd")}
        </Button>
      ) : null}
    </ActPage>
  );
}
