import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { site } from "#lib/web/site";

export default async function NotFound() {
  const t = await getTranslations("notFound");
  const { common } = await getMessages();
  return (
    <div className="column">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead">{t("lead")}</p>
        <Button href="/" className="mt-6">
          {common.home}
        </Button>
      </div>
    </div>
  );
}
