// Hundreds of appends in flight over one BatchAppend call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, positionsOf, range, rising, unique } from "./given.mjs";

judging("batch", (connect) => {
  const judge = connect();

  test("six hundred in flight to as many streams are each answered once", async () => {
    const streams = range(0, 599).map((i) => unique(`number-arrakeen-${i}`));
    const results = await Promise.all(streams.map((stream) => judge.append(stream, numbered(judge, 2), "no_stream")));
    assert.ok(results.every((result) => result.success && result.nextExpectedRevision === 1n));
    assert.equal(new Set(results.map((result) => result.position.commit)).size, streams.length);
    for (const stream of streams.slice(0, 20)) assert.deepEqual(await judge.revisions(stream), [0, 1]);
  });

  test("five hundred in flight to one stream are all kept, in the order of their positions", async () => {
    const stream = unique("number-carthag");
    const events = numbered(judge, 500);
    const results = await Promise.all(events.map((event) => judge.append(stream, event)));
    const kept = await judge.read(stream);
    assert.deepEqual(kept.map(({ event }) => Number(event.revision)), range(0, 499));
    assert.ok(rising(positionsOf(kept)));
    results.forEach((result, i) => {
      const { event } = kept[Number(result.nextExpectedRevision)];
      assert.equal(event.id, events[i].id, `append ${i} was told the revision of another`);
      assert.deepEqual(event.position, result.position);
    });
  });

  test("of four hundred that expect the same revision one wins", async () => {
    const stream = unique("number-sietch-tabr");
    await judge.append(stream, judge.event("number-reserved"), "no_stream");
    const results = await Promise.allSettled(range(0, 399).map(() => judge.append(stream, judge.event("number-assigned"), 0n)));
    const lost = results.filter((result) => result.status === "rejected");
    assert.equal(lost.length, 399);
    for (const { reason } of lost) judge.conflict(0n, 1n)(reason);
    assert.deepEqual(await judge.revisions(stream), [0, 1]);
  });

  test("one that fails among many fails alone", async () => {
    const sound = range(0, 99).map(() => judge.append(unique("number-tuek"), judge.event("number-reserved"), "no_stream"));
    const large = judge.append(unique("number-tuek"), judge.bytes("blueprint", new Uint8Array(2 * 1024 * 1024)));
    const late = judge.append(unique("number-tuek"), judge.event("number-reserved"), "any", { deadline: 0 });
    const wrong = judge.append(unique("number-tuek"), judge.event("number-reserved"), "stream_exists");
    await assert.rejects(large, refused("maximum-append-size-exceeded", { maxAppendSize: 1024 * 1024 }));
    await assert.rejects(late, refused("deadline-exceeded"));
    await assert.rejects(wrong, judge.conflict("stream_exists", "no_stream"));
    assert.ok((await Promise.all(sound)).every((result) => result.success));
  });

  test("an append cut into many messages is one append", async () => {
    const streams = [unique("number-onn"), unique("number-onn")];
    const results = await Promise.all(streams.map((stream) =>
      judge.append(stream, numbered(judge, 300), "no_stream", { batchAppendSize: 400 })));
    for (const [i, stream] of streams.entries()) {
      assert.equal(results[i].nextExpectedRevision, 299n);
      const ordinals = (await judge.read(stream)).map(({ event }) => event.data.ordinal);
      assert.deepEqual(ordinals, range(0, 299));
    }
  });

  test("each of two hundred in flight builds on the one before it", async () => {
    const stream = unique("number-arsunt");
    const sent = range(0, 199).map((i) => judge.append(stream, judge.event("number-ported"), i === 0 ? "no_stream" : BigInt(i - 1)));
    const results = await Promise.all(sent);
    assert.deepEqual(results.map((result) => Number(result.nextExpectedRevision)), range(0, 199));
  });
});
