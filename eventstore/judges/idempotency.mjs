// The same ids again, at the same place and at others. A step is read as
// "event 1 expecting revision 0".
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging } from "./clients.mjs";
import { numbered, range, unique } from "./given.mjs";

const none = "no_stream";
const any = "any";

judging("idempotency", (connect) => {
  const judge = connect();

  // play appends one step after the other to one stream. What a step gives is
  // the revision it is answered with, or the last one of a conflict.
  const play = (name, count, steps, length) => {
    for (const call of ["append", "appendAlone"]) {
      test(`${call}: ${name}`, async () => {
        const stream = unique("sim-sandworm");
        const events = numbered(judge, count);
        for (const [which, expected, gives] of steps) {
          const sent = judge[call](stream, which.map((ordinal) => events[ordinal]), expected);
          const step = `${which} expecting ${expected}`;
          if (gives.conflict !== undefined) {
            await assert.rejects(sent, judge.conflict(expected, gives.conflict), step);
          } else {
            assert.equal((await sent).nextExpectedRevision, gives, step);
          }
        }
        assert.deepEqual(await judge.revisions(stream), range(0, length - 1));
      });
    }
  };
  const conflict = (actual) => ({ conflict: actual });
  const six = range(0, 5);

  play("the first of six again, expecting none, is nothing new", 6, [[six, none, 5n], [[0], none, 0n]], 6);
  play("the first of six again, expecting any, is nothing new", 6, [[six, none, 5n], [[0], any, 0n]], 6);
  play("the first of six again, expecting the last, is written", 6, [[six, none, 5n], [[0], 5n, 6n]], 7);
  play("the first of six again, elsewhere, is a conflict", 6, [[six, none, 5n], [[0], 6n, conflict(5n)], [[0], 4n, conflict(5n)]], 6);

  play("the only one again, expecting itself, is written", 1, [[[0], none, 0n], [[0], 0n, 1n]], 2);
  play("the only one again, expecting any, is nothing new", 1, [[[0], none, 0n], [[0], any, 0n]], 1);
  play("the only one again, expecting none, is nothing new", 1, [[[0], none, 0n], [[0], none, 0n]], 1);

  play("one in the middle twice again, expecting any, is nothing new", 3, [[[0, 1, 2], none, 2n], [[1], any, 1n], [[1], any, 1n]], 3);

  play("parts of a batch are nothing new, more than it is a conflict", 3, [
    [[0, 1], none, 1n], [[0], none, 0n], [[0], any, 0n], [[1], 0n, 1n], [[1], any, 1n], [[0, 1, 2], none, conflict(1n)],
  ], 2);
  play("a batch again and more, expecting any, is a conflict", 3, [[[0, 1], none, 1n], [[0, 1, 2], any, conflict(1n)]], 2);
  play("a whole batch again, expecting any, is answered as before", 4, [[[0, 1, 2, 3], any, 3n], [[0, 1, 2, 3], any, 3n]], 4);
  play("a whole batch again, expecting the stream, is answered as before", 4, [[[0, 1, 2, 3], any, 3n], [[0, 1, 2, 3], "stream_exists", 3n]], 4);

  // The same id six times is written six times; later it is found at its first place.
  const same = [0, 0, 0, 0, 0, 0];
  play("one id six times, and again expecting any", 1, [[same, any, 5n], [same, any, 0n]], 6);
  play("one id six times, and again expecting none", 1, [[same, none, 5n], [same, none, 5n]], 6);

  test("ids are a stream's own", async () => {
    const events = numbered(judge, 2);
    for (const stream of [unique("sim-shai"), unique("sim-hulud")]) {
      assert.equal((await judge.append(stream, events)).nextExpectedRevision, 1n);
      assert.deepEqual(await judge.revisions(stream), [0, 1]);
    }
  });

  test("an append again has the position it had", async () => {
    const stream = unique("sim-maker");
    const events = numbered(judge, 3);
    const first = await judge.append(stream, events, none);
    await judge.append(stream, judge.event("spice-blown"), 2n);
    for (const expected of [none, any]) {
      const again = await judge.append(stream, events, expected);
      assert.equal(again.nextExpectedRevision, 2n);
      assert.deepEqual(again.position, first.position);
    }
  });
});
