// Reads of one stream and of all, both ways, from everywhere.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { judging, refused } from "./clients.mjs";
import { numbered, positionsOf, range, rising, unique } from "./given.mjs";

const backwards = { direction: "backwards", fromRevision: "end" };

judging("reading", (connect) => {
  const judge = connect();
  const stream = unique("group-fremen");
  const length = 150; // more than two pages of the server's own
  before(() => judge.append(stream, numbered(judge, length), "no_stream"));

  const cases = [
    ["forwards, everything", {}, range(0, 149)],
    ["forwards from a revision", { fromRevision: 140n }, range(140, 149)],
    ["forwards, a few", { fromRevision: 3n, maxCount: 4 }, range(3, 6)],
    ["forwards, more than a page", { fromRevision: 10n, maxCount: 100 }, range(10, 109)],
    ["forwards from the last", { fromRevision: 149n }, [149]],
    ["forwards from beyond the end", { fromRevision: 150n }, []],
    ["forwards, a single one", { fromRevision: 77n, maxCount: 1 }, [77]],
    ["backwards, everything", backwards, range(0, 149).reverse()],
    ["backwards from a revision", { ...backwards, fromRevision: 7n }, range(0, 7).reverse()],
    ["backwards, a few", { ...backwards, maxCount: 3 }, [149, 148, 147]],
    ["backwards, a few from a revision", { ...backwards, fromRevision: 70n, maxCount: 40 }, range(31, 70).reverse()],
    ["backwards from beyond the end", { ...backwards, fromRevision: 5000n, maxCount: 2 }, [149, 148]],
    ["backwards from the start", { ...backwards, fromRevision: "start" }, [0]],
  ];
  for (const [name, options, revisions] of cases) {
    test(`a stream ${name}`, async (t) => {
      if (judge.impliesDirection && options.fromRevision === "start") return t.skip("1.3.1 reads forwards from the start whatever is asked for");
      assert.deepEqual(await judge.revisions(stream, options), revisions);
    });
  }

  test("a stream that is missing is not found, either way", async () => {
    const missing = unique("group-sardaukar");
    for (const options of [{}, backwards, { fromRevision: 5n }, { maxCount: 1 }]) {
      await assert.rejects(judge.read(missing, options), refused("stream-not-found", { streamName: missing }));
    }
  });

  test("events carry their place in the log", async () => {
    const read = await judge.read(stream);
    assert.ok(rising(positionsOf(read)));
    for (const { event, commitPosition } of read) {
      assert.equal(event.position.commit, event.position.prepare);
      // 6.2.1 leaves commitPosition out where the server sends none for a stream.
      if (commitPosition !== undefined) assert.equal(commitPosition, event.position.commit);
    }
  });

  test("reading is a stream that can be left early", async () => {
    let seen = 0;
    for await (const resolved of judge.client.readStream(stream)) {
      assert.equal(Number(resolved.event.revision), seen++);
      if (seen === 5) break;
    }
    assert.equal(seen, 5);
    assert.equal((await judge.read(stream)).length, length);
  });

  test("links are resolved when that is asked for", async () => {
    const links = unique("group-links");
    const gone = unique("group-gone");
    await judge.append(gone, judge.event("water-spilt"));
    const link = (target) => judge.bytes("$>", Buffer.from(target));
    await judge.append(links, [link(`3@${stream}`), link(`0@${gone}`), link(`9999@${stream}`)], "no_stream");
    await judge.delete(gone);

    const resolved = await judge.read(links, { resolveLinkTos: true });
    assert.equal(resolved[0].event.streamId, stream);
    assert.equal(resolved[0].event.revision, 3n);
    assert.equal(resolved[0].link.streamId, links);
    assert.equal(resolved[0].link.revision, 0n);
    for (const missing of resolved.slice(1)) {
      assert.equal(missing.event, undefined);
      assert.equal(missing.link.type, "$>");
    }
    for (const asStored of await judge.read(links)) {
      assert.equal(asStored.event.type, "$>");
      assert.equal(asStored.link, undefined);
    }
  });
});
