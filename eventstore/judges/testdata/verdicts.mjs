// One test of each outcome, for the test of the reporter.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

describe("ixian", () => {
  test("passes", () => {});
  test("fails", () => assert.equal("a no-ship", "a frigate"));
  test("skips", (t) => t.skip("only on Ix"));
});
