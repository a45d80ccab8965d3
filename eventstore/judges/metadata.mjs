// Metadata of streams, and what it hides from reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, range, unique } from "./given.mjs";

judging("metadata", (connect) => {
  const judge = connect();
  const filled = async (count) => {
    const stream = unique("callprofile-guild");
    await judge.append(stream, numbered(judge, count), "no_stream");
    return stream;
  };

  test("a stream that is missing or untouched has none", async () => {
    assert.equal(await judge.metadata(unique("callprofile-guild")), undefined);
    assert.equal(await judge.metadata(await filled(1)), undefined);
  });

  test("all members come back as they were written", async () => {
    const stream = unique("callprofile-bene-gesserit");
    const metadata = {
      maxAge: 3600, maxCount: 20, truncateBefore: 4, cacheControl: 60,
      acl: { readRoles: ["reverend-mother", "truthsayer"], writeRoles: "reverend-mother", deleteRoles: "$admins", metaReadRoles: "$all", metaWriteRoles: "$admins" },
      litany: { fear: "is the mind-killer", times: [1, 2, 3] },
    };
    const result = await judge.setMetadata(stream, metadata, "no_stream");
    assert.equal(result.nextExpectedRevision, 0n);
    assert.deepEqual(await judge.metadata(stream), metadata);
  });

  test("the last one counts, and older ones are hidden", async () => {
    const stream = await filled(1);
    for (const maxCount of [5, 6, 7]) await judge.setMetadata(stream, { maxCount });
    assert.deepEqual(await judge.metadata(stream), { maxCount: 7 });
    const [only, ...others] = await judge.read(`$$${stream}`);
    assert.equal(only.event.revision, 2n);
    assert.equal(only.event.type, "$metadata");
    assert.deepEqual(only.event.data, { $maxCount: 7 });
    assert.deepEqual(others, []);
  });

  test("its stream has expected revisions too", async () => {
    const stream = await filled(3);
    await assert.rejects(judge.setMetadata(stream, { maxCount: 1 }, 2n), judge.conflict(2n, "no_stream"));
    await judge.setMetadata(stream, { maxCount: 2 }, "no_stream");
    await judge.setMetadata(stream, { maxCount: 3 }, 0n);
    await assert.rejects(judge.setMetadata(stream, { maxCount: 4 }, 0n), judge.conflict(0n, 1n));
    assert.deepEqual(await judge.metadata(stream), { maxCount: 3 });
  });

  const hiding = [
    ["the last so many are visible", { maxCount: 3 }, range(7, 9)],
    ["a larger count hides nothing", { maxCount: 30 }, range(0, 9)],
    ["those before a revision are hidden", { truncateBefore: 6 }, range(6, 9)],
    ["both count", { truncateBefore: 8, maxCount: 5 }, range(8, 9)],
    ["both count, the other way", { truncateBefore: 3, maxCount: 2 }, range(8, 9)],
    ["events of today are not a day old", { maxAge: 86_400 }, range(0, 9)],
    ["values that make no sense hide nothing", { maxCount: 0, truncateBefore: -5 }, range(0, 9)],
  ];
  for (const [name, metadata, revisions] of hiding) {
    test(name, async () => {
      const stream = await filled(10);
      await judge.setMetadata(stream, metadata);
      assert.deepEqual(await judge.revisions(stream), revisions);
      assert.deepEqual(await judge.revisions(stream, { direction: "backwards", fromRevision: "end" }), revisions.toReversed());
      assert.deepEqual(await judge.revisions(stream, { fromRevision: 8n, maxCount: 1 }), [8]);
      await judge.append(stream, judge.event("profile-chosen"), 9n);
      assert.equal((await judge.revisions(stream)).at(-1), 10);
    });
  }

  test("stricter hides more, looser shows it again", async () => {
    const stream = await filled(10);
    for (const [maxCount, from] of [[5, 5], [2, 8], [9, 1]]) {
      await judge.setMetadata(stream, { maxCount });
      assert.deepEqual(await judge.revisions(stream), range(from, 9));
    }
    await judge.setMetadata(stream, {});
    assert.deepEqual(await judge.revisions(stream), range(0, 9));
  });

  test("a stream whose events are all hidden is there, and empty", async () => {
    const stream = await filled(4);
    await judge.setMetadata(stream, { truncateBefore: 4 });
    assert.deepEqual(await judge.read(stream), []);
    assert.equal((await judge.append(stream, judge.event("profile-chosen"), 3n)).nextExpectedRevision, 4n);
    assert.deepEqual(await judge.revisions(stream), [4]);
  });

  test("many hidden events before the first visible one are passed over", async () => {
    const stream = await filled(200);
    await judge.setMetadata(stream, { truncateBefore: 190 });
    assert.deepEqual(await judge.revisions(stream, { maxCount: 3 }), [190, 191, 192]);
    assert.deepEqual(await judge.revisions(stream, { fromRevision: 5n, maxCount: 2 }), [190, 191]);
  });

  test("metadata of a stream that is missing does not make it readable", async () => {
    const stream = unique("callprofile-tleilax");
    await judge.setMetadata(stream, { maxCount: 3 });
    await assert.rejects(judge.read(stream), refused("stream-not-found"));
  });
});
