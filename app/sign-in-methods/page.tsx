import type { Metadata } from "next";
import { getMessages } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { authenticators } from "#lib/authenticators/index";
import type { AnnouncedKind } from "#lib/policy/announce";
import { readAnnouncement } from "#lib/policy/read";
import { callsOffered } from "#lib/web/calls";
import { site } from "#lib/web/site";
import { dayWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";

export async function generateMetadata(): Promise<Metadata> {
  const { policy, common } = await getMessages();
  return { title: `${policy.title} – ${site(common.brand).name}`, description: policy.lead };
}

/** The public announcement of which ways to sign in remain until when, made from the settings (JP-03). */
export default async function SignInMethods() {
  const { policy } = await getMessages();
  const [{ kinds, some }, calls, dayOf] = await Promise.all([readAnnouncement(), callsOffered(), dayWords()]);
  const names: Record<string, string> = {
    phone: calls ? policy.phoneCalls : policy.phone,
    totp: policy.totp,
    passkey: policy.passkey,
  };
  const untilOf = ({ until, ended }: AnnouncedKind) =>
    until ? fill(ended ? policy.hasEnded : policy.willEnd, { date: dayOf(until.toISOString()) }) : policy.noEnd;
  const known = kinds.filter(({ kind }) => authenticators.some((one) => one.kind === kind));
  return (
    <div className="column reading">
      <PageHead title={policy.title} lead={policy.lead} />
      <Rows>
        {known.map((one) => (
          <Row key={one.kind} title={<strong>{names[one.kind]}</strong>}>
            <p>{untilOf(one)}</p>
          </Row>
        ))}
        <Row title={<strong>{policy.codes}</strong>}>
          <p>{policy.codesText}</p>
        </Row>
      </Rows>
      {some ? <Callout className="mt-5">{policy.some}</Callout> : null}
      <Button className="mt-6" small href="/sign-in">
        {policy.signIn}
      </Button>
    </div>
  );
}
