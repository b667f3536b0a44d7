import createNextIntlPlugin from "next-intl/plugin";

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // Types are judged once, by `npm run check`: a build must not fail over a test file.
  typescript: { ignoreBuildErrors: true },
  productionBrowserSourceMaps: false,
  compress: true,
  images: { unoptimized: true },
  serverExternalPackages: ["@node-rs/argon2", "pg", "graphile-worker", "pino", "nodemailer", "@prisma/adapter-pg", "@prisma/client"],
  // The front door bounds the body of each route (lib/http/policy.ts); this bounds the largest, a file of members.
  experimental: { serverActions: { bodySizeLimit: "8256kb" } },
};

export default createNextIntlPlugin("./lib/web/locale.ts")(config);
