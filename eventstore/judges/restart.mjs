// A server that is killed among appends and comes back: nothing acknowledged is
// lost, nothing is there twice, and the same connections go on.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, range, rising, positionsOf, unique } from "./given.mjs";
import { Service } from "./service.mjs";

const writers = 8; // at the same time
const appends = 60;

// unknown are the errors after which nobody can tell whether it was written.
const unknown = ["unavailable", "cancelled"]; // one that took too long is repeated anyway

judging("restart", (connect) => {
  const services = [];
  after(() => Promise.all(services.map((service) => service.end())));
  const served = async () => {
    const service = await new Service().start();
    services.push(service);
    return { service, judge: connect(service.address) };
  };

  // insist does a thing again as long as its outcome is unknown, each time after
  // the server is there.
  const insist = async (up, act) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (!unknown.includes(error.type) || attempt === 1000) throw error;
        await up();
      }
    }
  };

  test("killed among appends", async () => {
    const { service, judge } = await served();
    const prefix = unique("user-gurney-halleck");
    const options = { filter: { filterOn: "streamName", prefixes: [prefix] } };
    // The first read connects 1.3.1's other half, which must have been
    // connected once to come back.
    await assert.rejects(judge.read(prefix), refused("stream-not-found"));
    const before = judge.followAll(options);
    await before.live();

    let acknowledged = 0;
    let restarted;
    const kill = () => {
      restarted = service.end("SIGKILL").then(() => service.start());
    };
    const results = new Map();
    await Promise.all(range(1, writers).map(async (writer) => {
      const stream = `${prefix}-${writer}`;
      const events = numbered(judge, appends, "blade-drawn");
      for (const [i, event] of events.entries()) {
        // The same id behind the same revision: what was kept is recognised.
        const expected = i === 0 ? "no_stream" : BigInt(i - 1);
        const result = await insist(() => restarted, () => judge.append(stream, event, expected));
        assert.equal(result.nextExpectedRevision, BigInt(i));
        if (++acknowledged === (writers * appends) / 3) kill();
      }
      results.set(stream, events);
    }));
    await restarted;

    for (const [stream, events] of results) {
      const kept = await insist(() => restarted, () => judge.read(stream));
      assert.deepEqual(kept.map(({ event }) => event.id), events.map(({ id }) => id), stream);
    }
    refused("unavailable")(await before.failed());
    const seen = before.events;
    assert.ok(seen.length < writers * appends, "it was killed among the appends");
    const rest = judge.followAll({ ...options, fromPosition: seen.at(-1).event.position });
    await rest.live();
    await rest.delivered(writers * appends - seen.length);
    const all = [...seen, ...rest.events];
    assert.equal(all.length, writers * appends);
    assert.ok(rising(positionsOf(all)));
    await rest.stop();
  });

  test("asked to end: subscribers are told it is unavailable, and go on from their checkpoint", async () => {
    const { service, judge } = await served();
    const stream = unique("user-thufir-hawat");
    const filter = { filterOn: "streamName", prefixes: [stream], maxSearchWindow: 2 };
    const all = judge.followAll({ filter });
    const one = judge.follow(stream);
    await Promise.all([all.live(), one.live()]);
    await judge.append(stream, numbered(judge, 20));
    await all.until("a checkpoint", () => all.events.length === 20 && all.checkpoints.length > 0);
    await one.delivered(20);
    await service.end("SIGTERM");
    refused("unavailable")(await all.failed());
    refused("unavailable")(await one.failed());

    await service.start();
    const again = judge.followAll({ fromPosition: all.checkpoints.at(-1), filter });
    await insist(() => undefined, () => judge.append(stream, judge.event("computed"), 19n));
    const seen = all.events.filter(({ event }) => event.position.commit <= all.checkpoints.at(-1).commit);
    await again.delivered(21 - seen.length);
    assert.deepEqual([...seen, ...again.events].map(({ event }) => Number(event.revision)), range(0, 20));
    await again.stop();
  });

  test("what was deleted stays deleted, what was repeated is still recognised", async () => {
    const { service, judge } = await served();
    const [hidden, gone, kept] = ["hidden", "gone", "kept"].map((name) => unique(`user-${name}`));
    const events = numbered(judge, 3);
    for (const stream of [hidden, gone, kept]) await judge.append(stream, events, "no_stream");
    await judge.setMetadata(kept, { maxCount: 2 });
    await judge.delete(hidden);
    await judge.tombstone(gone);
    await service.end("SIGKILL");
    await service.start();

    const fresh = connect(service.address);
    await assert.rejects(fresh.read(hidden), refused("stream-not-found"));
    await assert.rejects(fresh.read(gone), refused("stream-deleted"));
    await assert.rejects(fresh.append(gone, fresh.event("woken")), refused("stream-deleted"));
    for (const expected of ["any", "no_stream"]) {
      assert.equal((await fresh.append(kept, events, expected)).nextExpectedRevision, 2n);
    }
    assert.deepEqual(await fresh.revisions(kept), [1, 2]);
    assert.equal((await fresh.append(hidden, fresh.event("woken"), "no_stream")).nextExpectedRevision, 3n);
  });
});
