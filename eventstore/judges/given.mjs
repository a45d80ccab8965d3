// Names and events for the tests.
import { randomUUID } from "node:crypto";

// patience is how long a test waits for what must come, in milliseconds.
export const patience = 60_000;

// unique gives a stream name nobody else has.
export const unique = (name) => `${name}-${randomUUID()}`;

// numbered gives events 0, 1, 2 … with ids of their own.
export const numbered = (judge, count, type = "spice-harvested") =>
  Array.from({ length: count }, (_, ordinal) => judge.event(type, { ordinal }));

// range is [from, from + 1, … to].
export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const positionsOf = (list) => list.map(({ event }) => event.position.commit);
export const rising = (list) => list.every((value, i) => i === 0 || list[i - 1] < value);
