import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { beforeEach, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { openIdRouteAt } from "#lib/openid/routes";
import { forgetLimits } from "#lib/testing/fixtures";

beforeEach(forgetLimits);

it("An address from which too many requests of services came gets no further row until a minute is over (OC-02).", async () => {
  const ask = async () => {
    const req = new IncomingMessage(new Socket());
    Object.assign(req, { method: "GET", url: "/openid/authorize?client_id=none", headers: { host: "localhost" } });
    const res = new ServerResponse(req);
    await openIdRouteAt("/openid/authorize")?.listener?.(req, res);
    return String(res.getHeader("location"));
  };
  expect(await ask()).not.toContain("too_many");
  const { serviceRequests } = addressPolicies;
  for (let taken = 0; taken < serviceRequests.max + serviceRequests.crowded.max; taken += 1)
    await takeAddress(sql, serviceRequests, "0.0.0.0");
  expect(await ask()).toContain("error=too_many");
});
