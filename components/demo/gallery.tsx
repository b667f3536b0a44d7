import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { CheckField } from "#components/ui/check-field";
import { CodeBlock } from "#components/ui/code-block";
import { DataTable } from "#components/ui/data-table";
import { Disclosure } from "#components/ui/disclosure";
import { Empty } from "#components/ui/empty";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { RadioGroup } from "#components/ui/radio-group";
import { Row, Rows } from "#components/ui/rows";
import { SelectField } from "#components/ui/select-field";
import { StepLine, Steps } from "#components/ui/steps";
import { TextField } from "#components/ui/text-field";
import { Timeline } from "#components/ui/timeline";
import type { Words } from "#lib/words/ja";

type Theme = "light" | "dark";
export type GalleryWords = Pick<Words, "parts" | "phone" | "delivery" | "journey">;
type Props = { theme: Theme; when: (iso: string) => string; words: GalleryWords };

/** Where every link of the page leads. */
const HERE = "/demo/ui";

/** Every part with its variants in one theme. The theme stands in the ids, because the page shows the parts once for each. */
export const Gallery = ({ theme, when, words }: Props) => (
  <section
    data-theme={theme}
    aria-labelledby={theme}
    className="@container min-w-0 border-line bg-paper px-5 py-6 text-ink @[64rem]:border @[64rem]:px-7"
  >
    <h2 id={theme} className="text-2xl">
      {words.parts[theme]}
    </h2>
    <Texts theme={theme} when={when} words={words} />
    <Lists theme={theme} when={when} words={words} />
    <Fields theme={theme} when={when} words={words} />
  </section>
);

/** One part under the name of its file. */
const Part = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="mt-8 border-t border-line pt-3">
    <h3 className="mb-3 font-mono text-sm text-ink-2">{name}</h3>
    {children}
  </div>
);

const Texts = ({ theme, words: { parts } }: Props) => (
  <>
    <Part name="page-head">
      <PageHead level={2} title={parts.cardTitle} lead={parts.cardText} back={{ href: HERE, label: parts.title }} />
    </Part>
    <Part name="button">
      <div className="grid max-w-[25rem] gap-3">
        <Button type="button">{parts.press}</Button>
        <Button type="button" kind="secondary">
          {parts.other}
        </Button>
        <Button type="button" kind="danger">
          {parts.remove}
        </Button>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <Button small href={HERE}>
          {parts.press}
        </Button>
        <Button small kind="secondary" href={HERE}>
          {parts.other}
        </Button>
        <Button small kind="danger" type="button">
          {parts.remove}
        </Button>
        <Button kind="quiet" type="button">
          {parts.more}
        </Button>
      </div>
    </Part>
    <Part name="badge">
      <p className="flex flex-wrap gap-2">
        {(["neutral", "good", "warn", "danger"] as const).map((tone) => (
          <Badge key={tone} tone={tone}>
            {parts[tone]}
          </Badge>
        ))}
      </p>
    </Part>
    <Part name="callout">
      <div className="grid gap-3">
        <Callout level={3} title={parts.infoTitle}>
          {parts.infoText}
        </Callout>
        <Callout tone="good">{parts.goodText}</Callout>
        <Callout tone="warn" level={3} title={parts.warnTitle}>
          {parts.warnText}
        </Callout>
        <Callout tone="danger" level={3} id={`${theme}-danger`} title={parts.dangerTitle}>
          {parts.dangerText}
        </Callout>
      </div>
    </Part>
    <Part name="disclosure">
      <Disclosure summary={parts.question}>{parts.answer}</Disclosure>
      <div className="mt-3 border-t border-line">
        <Disclosure listed open summary={parts.warnTitle}>
          {parts.warnText}
        </Disclosure>
        <Disclosure listed summary={parts.infoTitle}>
          {parts.infoText}
        </Disclosure>
      </div>
    </Part>
    <Part name="code-block">
      <CodeBlock label={parts.secret} codes={["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"]} group={4} />
    </Part>
  </>
);

const moments = [
  "2026-11-26T09:12:00+09:00",
  "2026-11-26T09:40:00+09:00",
  "2026-11-27T09:12:00+09:00",
  "2026-11-28T08:51:00+09:00",
] as const;

const Lists = ({ theme, when, words: { parts, phone, delivery, journey } }: Props) => {
  const sent = [
    { at: moments[3], what: parts.signInCode, to: "090-1234-5678", tone: "good", state: delivery.delivered, seconds: "4" },
    { at: moments[2], what: parts.signInCode, to: "090-1234-5678", tone: "warn", state: delivery.refused, seconds: "–" },
    { at: moments[1], what: parts.bindCode, to: "03-1234-5678", tone: "warn", state: delivery.undelivered, seconds: "31" },
    { at: moments[0], what: parts.bindCode, to: "03-1234-5678", tone: "neutral", state: delivery.sent, seconds: "–" },
  ] as const;
  return (
    <>
      <Part name="card, rows">
        <Card
          level={3}
          id={`${theme}-card`}
          title={parts.cardTitle}
          aside={<Badge tone="good">{parts.good}</Badge>}
          more={{ href: HERE, label: parts.more }}
        >
          <p className="hint">{parts.cardText}</p>
          <Rows label={parts.cardTitle}>
            <Row
              title={<strong>090-1234-5678</strong>}
              badges={<Badge>{parts.neutral}</Badge>}
              meta={[`${parts.registered} ${when(moments[0])}`, `${parts.lastUsed} ${when(moments[3])}`]}
              actions={
                <Button type="button" kind="secondary" small>
                  {parts.remove}
                </Button>
              }
            />
            <Row title={<strong>03-1234-5678</strong>} badges={<Badge tone="danger">{parts.danger}</Badge>} meta={phone.voice} />
          </Rows>
        </Card>
      </Part>
      <Part name="facts">
        <Facts
          facts={[
            { label: parts.registered, value: when(moments[0]) },
            { label: parts.lastUsed, value: when(moments[3]) },
            { label: parts.ways, value: phone.sms },
          ]}
        />
        <Facts stacked className="mt-5" facts={[{ label: phone.voice, value: phone.voiceHint }]} />
      </Part>
      <Part name="empty">
        <Empty
          title={parts.emptyTitle}
          action={
            <Button kind="secondary" small href={HERE}>
              {parts.more}
            </Button>
          }
        >
          {parts.emptyText}
        </Empty>
      </Part>
      <Part name="data-table, pager">
        <DataTable
          id={`${theme}-table`}
          caption={parts.sent}
          keyOf={(row) => row.at}
          rows={sent}
          columns={[
            { key: "at", head: parts.time, cell: ({ at }) => <time dateTime={at}>{when(at)}</time> },
            { key: "what", head: parts.purpose, cell: ({ what }) => what },
            { key: "to", head: parts.to, cell: ({ to }) => to },
            { key: "state", head: parts.state, cell: ({ tone, state }) => <Badge tone={tone}>{state}</Badge> },
            { key: "seconds", head: parts.seconds, figures: true, cell: ({ seconds }) => seconds },
          ]}
        />
        <Pager
          label={`${parts.sent}: ${parts[theme]}`}
          newer={{ href: HERE, label: parts.newer }}
          older={{ href: HERE, label: parts.older }}
          shown={parts.shown}
        />
      </Part>
      <Part name="steps">
        <StepLine
          label={`${journey.label}: ${parts[theme]}`}
          done={journey.done}
          steps={[
            { key: "account", title: journey.account, state: "done" },
            { key: "phone", title: journey.phone, state: "now" },
            { key: "code", title: journey.code, state: "todo" },
          ]}
        />
        <Steps
          level={4}
          label={parts.stepsLabel}
          done={journey.done}
          steps={[
            { key: "first", title: parts.stepFirst, text: parts.stepFirstText, state: "done" },
            { key: "second", title: parts.stepSecond, text: parts.stepSecondText, state: "now" },
            { key: "third", title: parts.stepThird, text: parts.stepThirdText, state: "todo" },
          ]}
        />
        <Steps
          level={4}
          steps={[
            { key: "first", title: parts.stepFirst, text: parts.stepFirstText },
            { key: "second", title: parts.stepSecond, text: parts.stepSecondText },
          ]}
        />
      </Part>
      <Part name="timeline">
        <Timeline
          label={parts.momentsLabel}
          when={when}
          moments={[
            { key: "refused", at: moments[0], title: parts.refused, tone: "danger" },
            { key: "asked", at: moments[1], title: parts.asked, text: parts.askedText },
            { key: "waited", at: moments[2], title: parts.waited, text: parts.waitedText, tone: "warn" },
            { key: "opened", at: moments[3], title: parts.opened, tone: "good" },
          ]}
        />
      </Part>
    </>
  );
};

const Fields = ({ theme, words: { parts, phone } }: Props) => {
  const named = (name: string) => ({ name: `${theme}-${name}` });
  return (
    <>
      <Part name="text-field">
        <div className="max-w-[25rem]">
          <TextField {...named("name")} label={parts.name} hint={parts.nameHint} autoComplete="off" />
          <TextField {...named("wrong")} label={parts.name} hint={parts.nameHint} error={parts.nameWrong} autoComplete="off" />
        </div>
      </Part>
      <Part name="select-field">
        <div className="max-w-[25rem]">
          <SelectField
            {...named("country")}
            label={parts.country}
            hint={parts.countryHint}
            options={[
              { value: "JP", label: parts.japan },
              { value: "KR", label: parts.korea },
              { value: "TW", label: parts.taiwan },
            ]}
          />
        </div>
      </Part>
      <Part name="check-field">
        <CheckField {...named("tell")} label={parts.tell} hint={parts.tellHint} defaultChecked />
        <CheckField {...named("accept")} label={phone.acceptRisk} error={parts.dangerTitle} />
      </Part>
      <Part name="radio-group">
        <div className="max-w-[25rem]">
          <RadioGroup
            {...named("channel")}
            label={parts.choose}
            hint={parts.chosen}
            options={[
              { value: "sms", label: phone.sms, hint: phone.smsHint },
              { value: "voice", label: phone.voice, hint: phone.voiceHint },
            ]}
          />
        </div>
      </Part>
    </>
  );
};
