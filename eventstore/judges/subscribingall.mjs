// Subscriptions to $all: filters, checkpoints, and nothing lost or doubled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judging } from "./clients.mjs";
import { numbered, positionsOf, range, rising, unique } from "./given.mjs";

judging("subscribing to all", (connect) => {
  const judge = connect();
  const prefixed = (prefix) => ({ filterOn: "streamName", prefixes: [prefix] });
  const within = (following, prefix) => following.events.filter(({ event }) => event.streamId.startsWith(prefix));

  test("from the start it has everything, in order", async () => {
    const stream = unique("policy-landsraad");
    await judge.append(stream, numbered(judge, 3));
    const following = judge.followAll();
    await following.live();
    await judge.append(stream, numbered(judge, 3));
    await following.until("six events", () => within(following, stream).length === 6);
    assert.equal(following.order[0], "confirmation");
    assert.ok(rising(positionsOf(following.events)));
    assert.deepEqual(within(following, stream).map(({ event }) => Number(event.revision)), range(0, 5));
    await following.stop();
  });

  test("from the end only what comes, from a position what is behind it", async () => {
    const stream = unique("policy-landsraad");
    const first = await judge.append(stream, judge.event("vote-cast"));
    await judge.append(stream, judge.event("vote-cast"));
    const atEnd = judge.followAll({ fromPosition: "end" });
    const behind = judge.followAll({ fromPosition: first.position });
    await Promise.all([atEnd.live(), behind.live()]);
    await judge.append(stream, judge.event("vote-cast"));
    for (const [following, revisions] of [[atEnd, [2]], [behind, [1, 2]]]) {
      await following.until("the last vote", () => within(following, stream).some(({ event }) => event.revision === 2n));
      assert.deepEqual(within(following, stream).map(({ event }) => Number(event.revision)), revisions);
      await following.stop();
    }
  });

  const names = unique("policy");
  const filters = [
    ["stream names by their beginnings", { filterOn: "streamName", prefixes: [`${names}-a`, `${names}-b`] }, ["a0", "a1", "b0", "b1"]],
    ["stream names by a pattern", { filterOn: "streamName", regex: `${names}-[bc]$` }, ["b0", "b1", "c0", "c1"]],
    ["event types by their beginnings", { filterOn: "eventType", prefixes: [`${names}.first`] }, ["a0", "b0", "c0"]],
    ["event types by a pattern", { filterOn: "eventType", regex: `${names}\\.(second|third)` }, ["a1", "b1", "c1"]],
  ];
  let written;
  const write = async () => {
    const from = await judge.lastPosition();
    for (const letter of "abc") {
      await judge.append(`${names}-${letter}`, [judge.event(`${names}.first`, { is: `${letter}0` }), judge.event(`${names}.second`, { is: `${letter}1` })]);
    }
    return from;
  };
  for (const [name, filter, wanted] of filters) {
    test(`filtered: ${name}, old and new`, async () => {
      const fromPosition = await (written ??= write());
      const following = judge.followAll({ fromPosition, filter });
      await following.live();
      const old = following.events.filter(({ event }) => !event.data.live).map(({ event }) => event.data.is);
      assert.deepEqual(old, wanted);
      const before = following.events.length;
      for (const letter of "abc") {
        await judge.append(`${names}-${letter}`, [judge.event(`${names}.first`, { is: `${letter}0`, live: true }), judge.event(`${names}.second`, { is: `${letter}1`, live: true })]);
      }
      await following.delivered(before + wanted.length);
      assert.deepEqual(following.events.slice(before).map(({ event }) => event.data.is), wanted);
      await following.stop();
    });
  }

  test("filtered: system events can be left out", async () => {
    const stream = unique("policy-landsraad");
    const fromPosition = await judge.lastPosition();
    await judge.setMetadata(stream, { maxCount: 4 });
    await judge.append(stream, judge.event("vote-cast"));
    const everything = judge.followAll({ fromPosition });
    const following = judge.followAll({ fromPosition, filter: judge.library.excludeSystemEvents() });
    await Promise.all([everything.live(), following.live()]);
    assert.ok(everything.types.includes("$metadata"));
    assert.ok(following.types.includes("vote-cast") && !following.types.some((type) => type.startsWith("$")));
    await Promise.all([everything.stop(), following.stop()]);
  });

  test("checkpoints come while catching up and before going live, none twice, none beyond what has been seen", async () => {
    const others = unique("policy-choam");
    const fromPosition = await judge.lastPosition();
    const sent = await judge.append(others, numbered(judge, 200));
    const filter = { ...prefixed(unique("policy-none")), maxSearchWindow: 10, checkpointInterval: 3 };
    const following = judge.followAll({ fromPosition, filter });
    await following.live();
    await following.until("checkpoints", () => following.checkpoints.length === following.count("checkpoint"));
    const commits = following.checkpoints.map(({ commit }) => commit);
    // Two hundred events were looked at, one checkpoint at least every thirty.
    assert.ok(commits.length >= 6, `${commits.length} checkpoints`);
    assert.ok(rising(commits));
    const before = following.order.slice(0, following.order.indexOf("caughtUp"));
    assert.equal(before.at(-1), "checkpoint", "the last message before going live");
    const head = await judge.lastPosition();
    assert.ok(commits.at(-1) >= sent.position.commit && commits.at(-1) <= head.commit);
    for (const { commit, prepare } of following.checkpoints) assert.equal(commit, prepare);
    await following.stop();
  });

  test("checkpoints come while live, matching or not, on the interval", async () => {
    const others = unique("policy-choam");
    const filter = { ...prefixed(unique("policy-none")), maxSearchWindow: 5, checkpointInterval: 2 };
    const following = judge.followAll({ fromPosition: "end", filter });
    await following.live();
    let last;
    for (let i = 0; i < 35; i++) last = await judge.append(others, judge.event("tariff-raised"));
    await following.until("three checkpoints", () => following.checkpoints.length >= 3);
    const commits = following.checkpoints.map(({ commit }) => commit);
    assert.ok(rising(commits));
    assert.ok(commits[2] <= last.position.commit);
    assert.equal(following.events.length, 0);
    await following.stop();
  });

  test("from a checkpoint on nothing is missing and nothing comes twice", async () => {
    const prefix = unique("policy-kwisatz");
    const filter = { ...prefixed(prefix), maxSearchWindow: 8 };
    const fromPosition = await judge.lastPosition();
    for (const i of range(0, 39)) await judge.append(i % 3 ? `${prefix}-${i}` : unique("policy-choam"), judge.event("vote-cast", { i }));
    const wanted = range(0, 39).filter((i) => i % 3);
    const following = judge.followAll({ fromPosition, filter });
    await following.live();
    await following.delivered(wanted.length);
    for (const checkpoint of following.checkpoints) {
      const seen = following.events.filter(({ event }) => event.position.commit <= checkpoint.commit);
      const rest = judge.followAll({ fromPosition: checkpoint, filter });
      await rest.live();
      await rest.delivered(wanted.length - seen.length);
      assert.deepEqual([...seen, ...rest.events].map(({ event }) => event.data.i), wanted);
      await rest.stop();
    }
    await following.stop();
  });

  test("links are resolved when that is asked for", async () => {
    const stream = unique("policy-landsraad");
    const { position } = await judge.append(stream, judge.event("vote-cast"));
    await judge.append(`${stream}-links`, judge.bytes("$>", Buffer.from(`0@${stream}`)));
    const following = judge.followAll({ fromPosition: position, resolveLinkTos: true, filter: prefixed(`${stream}-links`) });
    await following.delivered(1);
    const [{ event, link }] = following.events;
    assert.equal(event.streamId, stream);
    assert.equal(link.streamId, `${stream}-links`);
    await following.stop();
  });
});
