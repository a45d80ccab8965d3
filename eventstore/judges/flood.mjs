// More than ten thousand live events while appends go on, to followers that
// joined at different times, one of which reads nothing for a while.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging } from "./clients.mjs";
import { numbered, positionsOf, range, rising, unique } from "./given.mjs";

const writers = 40; // appends in flight
const appends = 54; // one after the other, each writer
const size = 5; // events in an append
const total = writers * appends * size;

judging("flood", (connect) => {
  const judge = connect();

  // write lets all writers append to streams of their own. midway is called once,
  // when half has been written.
  const write = async (prefix, midway) => {
    let done = 0;
    await Promise.all(range(1, writers).map(async (writer) => {
      for (let i = 0; i < appends; i++) {
        const expected = i === 0 ? "no_stream" : BigInt(i * size - 1);
        await judge.append(`${prefix}-${writer}`, numbered(judge, size, "stormed"), expected);
        if (++done === (writers * appends) / 2) midway();
      }
    }));
  };

  const complete = (events) => {
    assert.equal(events.length, total);
    assert.ok(rising(positionsOf(events)), "in order and none twice");
    const next = new Map();
    for (const { event } of events) {
      const wanted = next.get(event.streamId) ?? 0n;
      assert.equal(event.revision, wanted, event.streamId);
      next.set(event.streamId, wanted + 1n);
    }
    assert.equal(next.size, writers);
  };

  test(`${total} live events reach who was there, who joins and who was busy`, async () => {
    const prefix = unique("group-coriolis");
    const options = { fromPosition: await judge.lastPosition(), filter: { filterOn: "streamName", prefixes: [prefix], checkpointInterval: 10 } };
    const reader = connect();
    const there = reader.followAll(options);
    const one = reader.follow(`${prefix}-1`);
    const busy = reader.followAll(options);
    await Promise.all([there.live(), one.live(), busy.live()]);
    busy.stream.pause();

    let joined;
    await write(prefix, () => {
      joined = reader.followAll(options);
    });
    await there.delivered(total);
    const missed = busy.events.length;
    assert.ok(missed < total, "who was busy has not read");
    busy.stream.resume();
    await Promise.all([joined, busy].map((following) => following.delivered(total)));
    await joined.live();
    await one.delivered(appends * size);

    for (const following of [there, joined, busy]) {
      complete(following.events);
      assert.ok(rising(following.checkpoints.map(({ commit }) => commit)));
      assert.ok(following.checkpoints.length > 0);
      await following.stop();
    }
    assert.deepEqual(one.revisions, range(0, appends * size - 1));
    await one.stop();
  });
});
