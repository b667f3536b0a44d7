import { inject } from "vitest";
import { newDatabase } from "./cluster.ts";
import { testEnvironment } from "./environment.ts";

// Awaited before the test file is imported, so that its modules read this file's own database URL.
Object.assign(process.env, testEnvironment, { DATABASE_URL: await newDatabase(inject("clusterUrl")) });
