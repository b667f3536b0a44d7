import { Mark } from "#components/mark";

/** The logo of the service, or the product's mark; the name beside it says whose it is. */
export const Logo = ({ digest }: { digest: string | null }) =>
  digest ? (
    // biome-ignore lint/performance/noImgElement: the file is small, has one size and is kept by browsers under its digest
    <img src={`/service-logo?v=${digest}`} alt="" className="h-8 w-auto max-w-40 flex-none object-contain" />
  ) : (
    <Mark />
  );
