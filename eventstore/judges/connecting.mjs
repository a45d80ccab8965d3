// Ways to a server, without TLS.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, plain } from "./clients.mjs";
import { unique } from "./given.mjs";

const address = process.env.JUDGES_SERVER;

judging("connecting", (connect) => {
  const works = async (judge) => {
    const stream = unique("company-caladan");
    await judge.append(stream, judge.event("company-founded"), "no_stream");
    assert.deepEqual(await judge.revisions(stream), [0]);
    const following = judge.follow(stream);
    await following.live();
    await following.stop();
  };

  test("to one host", () => works(connect()));
  test("by discovery", () => works(connect(`esdb+discover://${address}?${plain}`)));
  test("to several hosts, of which one is there", () =>
    works(connect(`esdb://127.0.0.1:1,${address}?${plain}&maxDiscoverAttempts=20`)));
  test("as a follower's, which one node alone is not", () =>
    works(connect(`esdb+discover://${address}?${plain}&nodePreference=follower`)));
  test("with a name and a login a server without logins does not ask for", () =>
    works(connect(`esdb://leto:atreides@${address}?${plain}&connectionName=caladan`)));
  test("where only a leader will do", async () => {
    const judge = connect();
    const stream = unique("company-caladan");
    await judge.append(stream, judge.event("company-founded"), "any", { requiresLeader: true });
    assert.equal((await judge.read(stream, { requiresLeader: true })).length, 1);
  });

  test("to nobody is given up", async () => {
    const judge = connect(`esdb+discover://127.0.0.1:1?${plain}&maxDiscoverAttempts=2&discoveryInterval=1`);
    await assert.rejects(judge.append(unique("company-caladan"), judge.event("company-founded")), /2/);
    // Asking for the server's features comes first; its error is gRPC's own.
    const alone = connect("127.0.0.1:1");
    await assert.rejects(alone.append(unique("company-caladan"), alone.event("company-founded")), { code: 14 });
  });
});
