// A server with TLS and a login.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, unique } from "./given.mjs";

const { JUDGES_SECURE: address, JUDGES_CA: ca, JUDGES_OTHER_CA: otherCA, JUDGES_USER: username, JUDGES_PASSWORD: password } = process.env;
const secure = (user, word, file = ca) => {
  const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(word)}@` : "";
  return `esdb://${login}${address}?tls=true&tlsCaFile=${encodeURIComponent(file)}`;
};

judging("securing", (connect) => {
  const denied = refused("access-denied");

  test("the right login may do everything", async () => {
    const judge = connect(secure(username, password));
    const stream = unique("sim-navigator");
    for (const call of ["append", "appendAlone"]) {
      const rest = call === "append" ? {} : { credentials: { username, password } };
      assert.equal((await judge[call](stream, numbered(judge, 2), "any", rest)).success, true);
    }
    assert.deepEqual(await judge.revisions(stream), [0, 1, 2, 3]);
    assert.equal((await judge.readAll({ direction: "backwards", fromPosition: "end", maxCount: 4 })).length, 4);
    const following = judge.follow(stream);
    const all = judge.followAll({ filter: { filterOn: "streamName", prefixes: [stream] } });
    await Promise.all([following.delivered(4), all.delivered(4)]);
    await Promise.all([following.stop(), all.stop()]);
    await judge.setMetadata(stream, { maxCount: 1 });
    assert.deepEqual(await judge.metadata(stream), { maxCount: 1 });
    await judge.delete(stream);
    await judge.tombstone(stream);
  });

  test("by discovery", async () => {
    const judge = connect(secure(username, password).replace("esdb://", "esdb+discover://"));
    const stream = unique("sim-navigator");
    await judge.append(stream, numbered(judge, 2));
    assert.deepEqual(await judge.revisions(stream), [0, 1]);
  });

  for (const [name, user, word] of [
    ["a wrong password", username, "the-spice-must-flow"],
    ["a wrong user", "feyd-rautha", password],
    ["no login", undefined, undefined],
  ]) {
    test(`${name} may do nothing`, async () => {
      const judge = connect(secure(user, word));
      const stream = unique("sim-navigator");
      await assert.rejects(judge.append(stream, judge.event("folded")), denied);
      await assert.rejects(judge.appendAlone(stream, judge.event("folded"), "any"), denied);
      await assert.rejects(judge.read(stream), denied);
      await assert.rejects(judge.readAll({ maxCount: 1 }), denied);
      await assert.rejects(judge.delete(stream), denied);
      await assert.rejects(judge.tombstone(stream), denied);
      await assert.rejects(judge.metadata(stream), denied);
      denied(await judge.follow(stream).failed());
      denied(await judge.followAll().failed());
    });
  }

  test("a call's own login counts before the connection's", async () => {
    const stream = unique("sim-navigator");
    const stranger = connect(secure(undefined));
    const credentials = { username, password };
    await stranger.append(stream, stranger.event("folded"), "no_stream", { credentials });
    assert.equal((await stranger.read(stream, { credentials })).length, 1);
    const friend = connect(secure(username, password));
    await assert.rejects(friend.read(stream, { credentials: { username, password: "the-spice-must-flow" } }), denied);
    assert.equal((await friend.read(stream)).length, 1);
  });

  test("a server that another authority vouches for is not trusted", async () => {
    const judge = connect(secure(username, password, otherCA));
    // Asking for the server's features comes first; its error is gRPC's own.
    await assert.rejects(judge.append(unique("sim-navigator"), judge.event("folded")), { code: 14 });
    await assert.rejects(judge.read(unique("sim-navigator")), refused("unavailable"));
  });
});
