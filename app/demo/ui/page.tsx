import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getMessages } from "next-intl/server";
import { Gallery } from "#components/demo/gallery";
import { PageHead } from "#components/ui/page-head";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { parts, common } = await getMessages();
  return { title: `${parts.title} – ${site(common.brand).name}` };
}

/** Shows every part of components/ui in both themes, whatever the device prefers. */
export default async function Parts() {
  const words = await getMessages();
  if (!site(words.common.brand).demo) notFound();
  const when = await whenWords();
  return (
    <div className="mx-auto w-full max-w-[72rem] px-5 pt-7">
      <PageHead title={words.parts.title} lead={words.parts.lead} />
      <div className="-mx-5 grid @[64rem]:mx-0 @[64rem]:grid-cols-2">
        <Gallery theme="light" when={when} words={words} />
        <Gallery theme="dark" when={when} words={words} />
      </div>
    </div>
  );
}
