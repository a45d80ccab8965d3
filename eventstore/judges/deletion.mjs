// Streams deleted for now and for good. Deletes that expect a stream that exists
// fail inside both packages and never reach a server, so they are not asked here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, range, unique } from "./given.mjs";

const tombstone = 9223372036854775807n;

judging("deletion", (connect) => {
  const judge = connect();
  const filled = async (count = 3) => {
    const stream = unique("user-duncan-idaho");
    const { position } = await judge.append(stream, numbered(judge, count), "no_stream");
    return { stream, position };
  };
  const missing = () => unique("user-count-fenring");

  for (const expected of ["any", 2n]) {
    test(`a stream is deleted expecting ${expected}`, async () => {
      const { stream, position } = await filled();
      const result = await judge.delete(stream, expected);
      assert.ok(result.position.commit > position.commit);
      await assert.rejects(judge.read(stream), refused("stream-not-found"));
    });
  }

  test("a stream is not deleted expecting another revision", async () => {
    const { stream } = await filled();
    for (const expected of [1n, 3n, "no_stream"]) {
      await assert.rejects(judge.delete(stream, expected), judge.conflict(expected, 2n));
    }
    assert.deepEqual(await judge.revisions(stream), [0, 1, 2]);
  });

  test("a stream that never was is not deleted, whatever is expected", async () => {
    for (const expected of ["any", "no_stream", 0n]) {
      await assert.rejects(judge.delete(missing(), expected), judge.conflict(expected, "no_stream"));
    }
  });

  test("a stream that has only metadata is deleted", async () => {
    const stream = missing();
    await judge.setMetadata(stream, { maxCount: 3 });
    assert.ok((await judge.delete(stream)).position.commit > 0n);
  });

  for (const [expected, revision] of [["any", 3n], ["no_stream", 3n], [2n, 3n]]) {
    test(`a deleted stream is written anew expecting ${expected}, and its numbers go on`, async () => {
      const { stream } = await filled();
      await judge.setMetadata(stream, { truncateBefore: 2 ** 53, litany: "fear" });
      await judge.delete(stream);
      const result = await judge.append(stream, numbered(judge, 2), expected);
      assert.equal(result.nextExpectedRevision, revision + 1n);
      assert.deepEqual(await judge.revisions(stream), [3, 4]);
      assert.deepEqual(await judge.metadata(stream), { truncateBefore: 3 });
      await assert.rejects(judge.append(stream, judge.event("user-reawoken"), "no_stream"), judge.conflict("no_stream", 4n));
    });
  }

  test("a deleted stream does not exist to who expects one, nor with a wrong revision", async () => {
    const { stream } = await filled();
    await judge.delete(stream);
    for (const call of ["append", "appendAlone"]) {
      await assert.rejects(judge[call](stream, judge.event("user-reawoken"), "stream_exists"), refused("stream-deleted", { streamName: stream }));
      await assert.rejects(judge[call](stream, judge.event("user-reawoken"), 1n), judge.conflict(1n, 2n));
    }
    await assert.rejects(judge.read(stream), refused("stream-not-found"));
  });

  test("several writes after a deletion, deleted and written again", async () => {
    const { stream } = await filled();
    for (let round = 1; round <= 3; round++) {
      await judge.delete(stream);
      for (let i = 0; i < 2; i++) await judge.append(stream, judge.event("user-reawoken"));
      const from = 3 + (round - 1) * 2;
      assert.deepEqual(await judge.revisions(stream), range(from, from + 1));
    }
  });

  for (const metadata of [{}, { litany: "fear" }]) {
    test(`metadata ${JSON.stringify(metadata)} set on a deleted stream brings it back`, async () => {
      const { stream } = await filled();
      await judge.delete(stream);
      await judge.setMetadata(stream, metadata);
      await judge.append(stream, judge.event("user-reawoken"), 2n);
      assert.ok((await judge.revisions(stream)).includes(3));
    });
  }

  test("appending nothing brings a deleted stream back", async () => {
    const { stream } = await filled();
    await judge.delete(stream);
    await judge.append(stream, []);
    assert.deepEqual(await judge.read(stream), []);
  });

  for (const expected of ["any", 2n]) {
    test(`a stream is deleted for good expecting ${expected}`, async () => {
      const { stream, position } = await filled();
      const result = await judge.tombstone(stream, expected);
      assert.ok(result.position.commit > position.commit);
      await goneForGood(stream);
    });
  }

  test("a stream that never was is deleted for good", async () => {
    for (const expected of ["any", "no_stream"]) {
      const stream = missing();
      await judge.tombstone(stream, expected);
      await goneForGood(stream);
    }
    await assert.rejects(judge.tombstone(missing(), 0n), judge.conflict(0n, "no_stream"));
  });

  test("a stream is not deleted for good expecting another revision", async () => {
    const { stream } = await filled();
    for (const expected of [1n, "no_stream"]) {
      await assert.rejects(judge.tombstone(stream, expected), judge.conflict(expected, 2n));
    }
    assert.deepEqual(await judge.revisions(stream), [0, 1, 2]);
  });

  test("a deleted stream can be deleted for good", async () => {
    const { stream } = await filled();
    await judge.delete(stream);
    await judge.tombstone(stream);
    await goneForGood(stream);
  });

  const goneForGood = async (stream) => {
    const gone = refused("stream-deleted", { streamName: stream });
    for (const call of ["append", "appendAlone"]) {
      for (const expected of ["any", "no_stream", "stream_exists", 0n, 2n]) {
        await assert.rejects(judge[call](stream, judge.event("user-reawoken"), expected), gone, `${call} expecting ${expected}`);
      }
    }
    await assert.rejects(judge.read(stream), gone);
    await assert.rejects(judge.read(stream, { direction: "backwards", fromRevision: "end" }), gone);
    await assert.rejects(judge.delete(stream), gone);
    await assert.rejects(judge.tombstone(stream), gone);
  };

  test("the end of a stream stands in the log", async () => {
    const { stream } = await filled(1);
    const { position } = await judge.tombstone(stream);
    const [last] = await judge.readAll({ direction: "backwards", fromPosition: "end", maxCount: 1 });
    assert.equal(last.event.streamId, stream);
    assert.equal(last.event.type, "$streamDeleted");
    assert.equal(last.event.revision, tombstone);
    assert.deepEqual(last.event.position, position);
  });
});
