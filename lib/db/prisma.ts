import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "#lib/db/generated/client";
import { pool, refuseSecondWait, rethrow } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

/** Prisma on the same pool, for plain reads and writes; guarded statements are SQL (docs/decisions/004). */
export const prisma = () => singleton("prisma", create);

const create = () =>
  new PrismaClient({ adapter: new PrismaPg(pool()) }).$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        refuseSecondWait();
        return query(args).catch(rethrow);
      },
    },
  });
