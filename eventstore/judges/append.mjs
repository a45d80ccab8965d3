// What an append expects of its stream, and what it may carry.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging, plain, refused } from "./clients.mjs";
import { numbered, unique } from "./given.mjs";

// Both calls that append: batches are the packages' own choice.
const calls = ["append", "appendAlone"];

judging("append", (connect) => {
  const judge = connect();

  for (const call of calls) {
    test(`${call}: a stream that is missing is made by any and by no stream`, async () => {
      let before = -1n;
      for (const expected of ["any", "no_stream"]) {
        const stream = unique("company-atreides");
        const result = await judge[call](stream, judge.event("company-founded"), expected);
        assert.equal(result.success, true);
        assert.equal(result.nextExpectedRevision, 0n);
        assert.equal(result.position.commit, result.position.prepare);
        assert.ok(result.position.commit > before, "a later write has a larger position");
        before = result.position.commit;
        assert.deepEqual(await judge.revisions(stream), [0]);
      }
    });

    test(`${call}: a stream that is missing is no stream that exists, nor one with a revision`, async () => {
      for (const expected of ["stream_exists", 0n, 7n]) {
        const stream = unique("company-corrino");
        await assert.rejects(judge[call](stream, judge.event("company-founded"), expected), judge.conflict(expected, "no_stream"));
        await assert.rejects(judge.read(stream), refused("stream-not-found", { streamName: stream }));
      }
    });

    for (const count of [1, 5]) {
      test(`${call}: a stream of ${count} takes any, exists and its revision, and nothing else`, async () => {
        const last = BigInt(count - 1);
        for (const expected of ["any", "stream_exists", last]) {
          const stream = unique("company-harkonnen");
          await judge[call](stream, numbered(judge, count), "no_stream");
          const result = await judge[call](stream, judge.event("company-renamed"), expected);
          assert.equal(result.nextExpectedRevision, last + 1n);
        }
        const stream = unique("company-harkonnen");
        await judge[call](stream, numbered(judge, count), "no_stream");
        for (const expected of ["no_stream", last + 1n, last + 9n, ...(last > 0n ? [last - 1n] : [])]) {
          await assert.rejects(judge[call](stream, judge.event("company-renamed"), expected), judge.conflict(expected, last));
        }
        assert.equal((await judge.read(stream)).length, count);
      });
    }

    test(`${call}: nothing appended, once and twice, leaves the stream missing`, async () => {
      const stream = unique("company-richese");
      for (let i = 0; i < 2; i++) {
        assert.equal((await judge[call](stream, [], "no_stream")).success, true);
        await assert.rejects(judge.read(stream), refused("stream-not-found"));
      }
    });

    test(`${call}: an append just small enough is taken, one too large is refused with the limit`, async () => {
      const stream = unique("company-ix");
      await judge[call](stream, judge.bytes("blueprint", new Uint8Array(1024 * 1024 - 500)), "no_stream");
      await assert.rejects(
        judge[call](stream, judge.bytes("blueprint", new Uint8Array(1024 * 1024 + 1)), 0n),
        refused("maximum-append-size-exceeded", { maxAppendSize: 1024 * 1024 }),
      );
      const halves = [1, 2].map(() => judge.bytes("blueprint", new Uint8Array(600 * 1024)));
      await assert.rejects(judge[call](stream, halves, 0n), refused("maximum-append-size-exceeded"));
      assert.deepEqual(await judge.revisions(stream), [0]);
    });

    test(`${call}: a deadline that has passed ends the call and nothing is written`, async () => {
      const stream = unique("company-ginaz");
      await assert.rejects(judge[call](stream, judge.event("company-founded"), "no_stream", { deadline: 0 }), refused("deadline-exceeded"));
      await judge[call](stream, judge.event("company-founded"), "no_stream");
      assert.deepEqual(await judge.revisions(stream), [0]);
    });

    test(`${call}: only metadata makes a stream that exists, without a revision`, async () => {
      for (const expected of ["any", "no_stream", "stream_exists"]) {
        const stream = unique("company-ordos");
        await judge.setMetadata(stream, { maxCount: 10 });
        assert.equal((await judge[call](stream, judge.event("company-founded"), expected)).nextExpectedRevision, 0n);
      }
      const stream = unique("company-ordos");
      await judge.setMetadata(stream, { maxCount: 10 });
      await assert.rejects(judge[call](stream, judge.event("company-founded"), 0n), judge.conflict(0n, "no_stream"));
    });

    test(`${call}: what an event holds comes back as it was`, async () => {
      const stream = unique("user-алия-✓-\t");
      const words = { name: "Paul \u0000 Muad'Dib ☀ 🐛", deep: { list: [1, 2.5, null, true] } };
      const highBit = "ffffffff-ffff-4fff-bfff-fffffffffffe";
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await judge[call](stream, [
        judge.event("user.named.v1", words, { id: highBit, metadata: { $correlationId: "caladan", actor: "Лето" } }),
        judge.bytes("user.photographed.v1", bytes, { metadata: Uint8Array.from([0, 255, 128]) }),
        judge.event("тип \u0007", {}),
      ], "no_stream");
      const [named, photographed, odd] = (await judge.read(stream)).map((resolved) => resolved.event);
      assert.deepEqual(named.data, words);
      assert.deepEqual(named.metadata, { $correlationId: "caladan", actor: "Лето" });
      assert.equal(named.id, highBit);
      assert.equal(named.isJson, true);
      assert.equal(named.streamId, stream);
      // 1.3.1 cuts the time to whole seconds.
      assert.ok(Math.abs(named.created.getTime() - Date.now()) < 3600_000, `created ${named.created}`);
      assert.equal(photographed.isJson, false);
      assert.deepEqual(Buffer.from(photographed.data), Buffer.from(bytes));
      assert.deepEqual(Buffer.from(photographed.metadata), Buffer.from([0, 255, 128]));
      assert.equal(odd.type, "тип \u0007");
      assert.equal(odd.metadata, undefined);
    });
  }

  test("a conflict that is no exception is a result", async () => {
    const patient = connect(process.env.JUDGES_SERVER, `${plain}&throwOnAppendFailure=false`);
    const stream = unique("company-vernius");
    await patient.append(stream, numbered(patient, 3), "no_stream");
    const batched = await patient.append(stream, patient.event("company-renamed"), "no_stream");
    // nextExpectedRevision is wrong here: both packages make a number of a boolean.
    assert.equal(batched.success, false);
    const alone = await patient.appendAlone(stream, patient.event("company-renamed"), "no_stream");
    assert.equal(alone.success, false);
    assert.equal(alone.nextExpectedRevision, 2n);
  });

  test("the metadata of the metadata stream is refused", async () => {
    const stream = unique("company-moritani");
    await assert.rejects(judge.append("$$", judge.event("company-founded")));
    await assert.rejects(judge.append(`$$$$${stream}`, judge.event("$metadata")));
  });
});
