import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RotateCard } from "#components/console/rotate-card";
import { SecretForm } from "#components/console/secret-form";
import { Field } from "#components/form/field";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { CheckField } from "#components/ui/check-field";
import { Empty } from "#components/ui/empty";
import { Row, Rows } from "#components/ui/rows";
import { eventTypes } from "#lib/audit/told";
import { type EndpointLine, SECRET_OVERLAP_HOURS } from "#lib/events/endpoints";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { Removal } from "../removal";
import { actOnEndpointAction, addEndpointAction, rotateEndpointAction } from "./actions";
import { typeName } from "./said";

type Props = {
  endpoints: EndpointLine[];
  /** The tie of the acts; null while they are not open. */
  form: string | null;
};

/** Where events go: the state of each endpoint, and its acts. */
export async function Endpoints({ endpoints, form }: Props) {
  const t = await getTranslations("consoleEvents");
  return (
    <section aria-labelledby="endpoints">
      <h2 id="endpoints" className="text-lg">
        {t("endpoints")}
      </h2>
      {endpoints.length > 0 ? (
        <Rows className="mb-4">
          {endpoints.map((line) => (
            <Line key={line.id} line={line} form={form} />
          ))}
        </Rows>
      ) : (
        <Empty title={t("endpointsNone")}>{t("endpointsNoneText")}</Empty>
      )}
    </section>
  );
}

async function Line({ line, form }: { line: EndpointLine; form: string | null }) {
  const t = await getTranslations("consoleEvents");
  const { consoleEventTypes: names } = await getMessages();
  const when = await whenWords();
  const { id, url, types, pausedAt, pausedBy, oldSecretUntil, pending, parked, deliveredAt } = line;
  const acts = ["test", pausedAt ? "resume" : "pause"] as const;
  const paused = pausedBy === "receiver" ? t("pausedByReceiver") : t("pausedByOperator");
  return (
    <Row
      title={<b className="font-mono break-all">{url}</b>}
      badges={pausedAt ? <Badge tone="warn">{paused}</Badge> : <Badge tone="good">{t("sends")}</Badge>}
      meta={[
        `${t("takes")}: ${types?.map((type) => typeName(type, names)).join(", ") ?? t("everyType")}`,
        t("counts", { pending, parked }),
        deliveredAt ? t("lastDelivered", { time: when(deliveredAt) }) : t("neverDelivered"),
        ...(oldSecretUntil ? [t("oldSecretUntil", { time: when(oldSecretUntil) })] : []),
      ]}
      actions={
        form ? (
          <form action={actOnEndpointAction} className="flex flex-wrap gap-2">
            <input type="hidden" name="form" value={form} />
            <input type="hidden" name="endpoint" value={id} />
            {acts.map((act) => (
              <Button key={act} name="act" value={act} kind="secondary" small aria-label={t(`${act}Of`, { url })}>
                {t(act)}
              </Button>
            ))}
          </form>
        ) : undefined
      }
    >
      {form ? (
        <Removal
          action={actOnEndpointAction}
          form={form}
          field={{ name: "endpoint", value: id }}
          label={t("remove")}
          named={t("removeOf", { url })}
          what={t("removeWhat")}
        />
      ) : null}
    </Row>
  );
}

/** The forms that make a secret: a new endpoint, and a new secret of one. */
export async function EndpointForms({ endpoints, form }: { endpoints: EndpointLine[]; form: string }) {
  const words = await getMessages();
  const { consoleEvents: own, consoleEventTypes: names } = words;
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const shared = { title: own.title, copy, form, words: own };
  return (
    <div className="@container mt-6">
      <div className="grid items-start gap-5 @[52rem]:grid-cols-2">
        <Card id="add" title={own.add}>
          <p className="text-[0.9375rem]">{own.addLead}</p>
          <SecretForm {...shared} action={addEndpointAction} act="add" submit={own.addSubmit} labels={{ url: own.url, check: own.types }}>
            <Field
              name="url"
              label={own.url}
              hint={own.urlHint}
              type="url"
              autoComplete="off"
              spellCheck={false}
              maxLength={500}
              required
            />
            <details className="mt-5">
              <summary className="min-h-11 cursor-pointer py-2 text-ai">{own.types}</summary>
              <fieldset>
                <legend className="hint">{own.typesHint}</legend>
                {eventTypes.map((type) => (
                  <CheckField key={type} name="check" id={`check-${type}`} value={type} label={`${typeName(type, names)} (${type})`} />
                ))}
              </fieldset>
            </details>
          </SecretForm>
        </Card>
        {endpoints.length > 0 ? (
          <RotateCard
            {...shared}
            action={rotateEndpointAction}
            field="endpoint"
            options={endpoints.map(({ id, url }) => ({ value: id, label: url }))}
            hours={SECRET_OVERLAP_HOURS.usual}
          />
        ) : null}
      </div>
    </div>
  );
}
