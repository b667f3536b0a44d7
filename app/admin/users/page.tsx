import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { z } from "zod";
import { RecordTable } from "#components/console/record-table";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { TextField } from "#components/ui/text-field";
import { type FoundAccount, type Search, searchAccounts } from "#lib/console/search";
import { currentSettings } from "#lib/policy/read";
import { currentRequester } from "#lib/web/requester";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { dayWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleUsers, common } = await getMessages();
  return { title: `${consoleUsers.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ q?: string | string[]; after?: string | string[] }> };

const pageOf = (typed: string, after: string | null) => `/admin/users?${new URLSearchParams({ q: typed, ...(after ? { after } : {}) })}`;

/** The search for accounts. One that was found by something typed in full opens at once. */
export default async function UsersPage({ searchParams }: Props) {
  const staff = await requireStaffPage("users.read");
  const { q, after: place } = await searchParams;
  const typed = typeof q === "string" ? q.trim() : "";
  const after = z.uuid().safeParse(place);
  const from = after.success ? after.data : null;
  const t = await getTranslations("consoleUsers");
  const search = typed ? await searchAccounts(staff.user.id, typed, from, await currentRequester()) : null;
  const [only] = search?.accounts ?? [];
  if (search?.accounts.length === 1 && only && search.tried.at(-1) !== "beginning") redirect(`/admin/users/${only.id}`);
  const byBeginning = search?.byBeginning ?? (await currentSettings()).searchByBeginning;
  return (
    <>
      <PageHead title={t("title")} lead={t(byBeginning ? "leadBeginning" : "lead")} />
      <form method="get" action="/admin/users" className="max-w-[36rem]">
        <TextField
          name="q"
          id="q"
          label={t("field")}
          hint={t("hint")}
          type="search"
          autoComplete="off"
          defaultValue={typed}
          maxLength={320}
        />
        <Button small className="mt-3">
          {t("find")}
        </Button>
      </form>
      {search ? (
        <section aria-labelledby="found" className="mt-8">
          {search.accounts.length > 0 ? <Found accounts={search.accounts} /> : <Nothing search={search} />}
          {from || search.next ? (
            <Pager
              label={t("title")}
              newer={from ? { href: pageOf(typed, null), label: t("newest") } : undefined}
              older={search.next ? { href: pageOf(typed, search.next), label: t("older") } : undefined}
            />
          ) : null}
        </section>
      ) : null}
    </>
  );
}

async function Found({ accounts }: { accounts: readonly FoundAccount[] }) {
  const t = await getTranslations("consoleUsers");
  const day = await dayWords();
  return (
    <>
      <h2 id="found" className="mb-2 text-lg">
        <span role="status">{t("found", { count: accounts.length })}</span>
      </h2>
      <RecordTable
        caption={t("title")}
        rows={accounts}
        keyOf={({ id }) => id}
        columns={[
          {
            key: "account",
            head: t("account"),
            cell: ({ id, email }) => (
              <a className="inline-flex min-h-11 items-center" href={`/admin/users/${id}`}>
                <bdi>{email}</bdi>
              </a>
            ),
          },
          { key: "state", head: t("state"), cell: ({ state }) => <Badge tone={state === "active" ? "neutral" : "warn"}>{t(state)}</Badge> },
          { key: "since", head: t("since"), cell: ({ createdAt }) => <time dateTime={createdAt}>{day(createdAt)}</time> },
        ]}
      />
    </>
  );
}

/** What was tried, and what to ask the person for. */
async function Nothing({ search }: { search: Search }) {
  const t = await getTranslations("consoleUsers");
  return (
    <>
      <h2 id="found" className="sr-only">
        <span role="status">{t("noneTitle")}</span>
      </h2>
      <Empty title={t("noneTitle")}>
        {search.tried.length === 0 ? <p>{t("tried_nothing")}</p> : search.tried.map((kind) => <p key={kind}>{t(`tried_${kind}`)}</p>)}
        <p>{t("tryNext")}</p>
        {search.byBeginning ? null : <p>{t("mayBegin")}</p>}
      </Empty>
    </>
  );
}
