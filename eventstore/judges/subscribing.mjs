// Subscriptions to one stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, range, unique } from "./given.mjs";

judging("subscribing to a stream", (connect) => {
  const judge = connect();
  const filled = async (count) => {
    const stream = unique("import-caravan");
    await judge.append(stream, numbered(judge, count), "no_stream");
    return stream;
  };

  test("from the start: confirmed, what is there, caught up, what comes", async () => {
    const stream = await filled(40);
    const following = judge.follow(stream);
    await following.live();
    assert.ok(following.stream.id, "a subscription has an id");
    assert.deepEqual(following.order, ["confirmation", ...Array(40).fill("event"), "caughtUp"]);
    await judge.append(stream, numbered(judge, 3), 39n);
    await following.delivered(43);
    assert.deepEqual(following.revisions, range(0, 42));
    await following.stop();
  });

  const starts = [
    ["from the end only what comes", "end", range(10, 12)],
    ["from a revision what is behind it", 6n, range(7, 12)],
    ["from the last revision what comes", 9n, range(10, 12)],
    ["from beyond the end what is behind that", 10n, range(11, 12)],
  ];
  for (const [name, fromRevision, revisions] of starts) {
    test(name, async () => {
      const stream = await filled(10);
      const following = judge.follow(stream, { fromRevision });
      await following.live();
      for (const revision of range(9, 11)) await judge.append(stream, judge.event("worm-seen"), BigInt(revision));
      await following.delivered(revisions.length);
      assert.deepEqual(following.revisions, revisions);
      assert.deepEqual(following.order.slice(0, 1), ["confirmation"]);
      await following.stop();
    });
  }

  test("a stream that is missing is waited for", async () => {
    const stream = unique("import-caravan");
    for (const fromRevision of ["start", "end"]) {
      const following = judge.follow(stream, { fromRevision });
      await following.live();
      assert.deepEqual(following.order, ["confirmation", "caughtUp"]);
      await judge.append(stream, judge.event("worm-seen"));
      await following.delivered(1);
      await following.stop();
    }
  });

  test("several subscriptions to one stream each get everything", async () => {
    const stream = await filled(5);
    const all = range(1, 5).map(() => judge.follow(stream));
    await Promise.all(all.map((following) => following.live()));
    await judge.append(stream, numbered(judge, 5));
    for (const following of all) {
      await following.delivered(10);
      assert.deepEqual(following.revisions, range(0, 9));
      await following.stop();
    }
  });

  test("hidden events are not delivered", async () => {
    const stream = await filled(10);
    await judge.setMetadata(stream, { truncateBefore: 7 });
    const following = judge.follow(stream);
    await following.live();
    assert.deepEqual(following.revisions, range(7, 9));
    await following.stop();
  });

  test("a deletion leaves the subscription, a tombstone is delivered and ends it", async () => {
    const stream = await filled(2);
    const following = judge.follow(stream);
    await following.live();
    await judge.delete(stream);
    await judge.append(stream, judge.event("worm-seen"));
    await following.delivered(3);
    await judge.tombstone(stream);
    refused("stream-deleted", { streamName: stream })(await following.failed());
    assert.deepEqual(following.types.slice(2), ["worm-seen", "$streamDeleted"]);
  });

  test("a stream that is deleted for good cannot be followed", async () => {
    const stream = await filled(2);
    await judge.tombstone(stream);
    refused("stream-deleted")(await judge.follow(stream).failed());
  });

  test("links are resolved when that is asked for", async () => {
    const stream = await filled(2);
    const links = unique("import-links");
    await judge.append(links, judge.bytes("$>", Buffer.from(`1@${stream}`)));
    const following = judge.follow(links, { resolveLinkTos: true });
    await following.live();
    await judge.append(links, judge.bytes("$>", Buffer.from(`0@${stream}`)));
    await following.delivered(2);
    assert.deepEqual(following.events.map(({ event, link }) => [event.streamId, Number(event.revision), Number(link.revision)]), [[stream, 1, 0], [stream, 0, 1]]);
    await following.stop();
  });

  test("who has stopped hears nothing more and no error", async () => {
    const stream = await filled(1);
    const stopped = judge.follow(stream);
    const following = judge.follow(stream);
    await Promise.all([stopped.live(), following.live()]);
    await stopped.stop();
    await judge.append(stream, numbered(judge, 50));
    await following.delivered(51);
    assert.equal(stopped.failure, undefined);
    await following.stop();
  });

  test("it can be read as a list without end", async () => {
    const stream = await filled(3);
    const revisions = [];
    for await (const { event } of judge.client.subscribeToStream(stream)) {
      revisions.push(Number(event.revision));
      if (revisions.length === 3) await judge.append(stream, numbered(judge, 2));
      if (revisions.length === 5) break;
    }
    assert.deepEqual(revisions, range(0, 4));
  });
});
