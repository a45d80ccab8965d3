// Both packages with one face. Where they differ, or are known to be wrong, a
// line here says so; the tests then need not know which one they drive.
import { createRequire } from "node:module";
import { after, describe } from "node:test";
import { Following } from "./following.mjs";

const require = createRequire(import.meta.url);

// Warnings of the packages (a scheme that has a newer name, a key without
// effect) would stand between the results.
console.warn = () => {};

// ways tells what the packages name differently.
const ways = {
  "@eventstore/db-client": {
    expectation: "expectedRevision",
    expected: (error) => error.expectedVersion,
    actual: (error) => error.actualVersion,
    Client: (library) => library.EventStoreDBClient,
    filtersReads: false, // readAll ignores a filter
    impliesDirection: false,
  },
  "@kurrent/kurrentdb-client": {
    expectation: "streamState",
    expected: (error) => error.expectedState,
    actual: (error) => error.actualState,
    Client: (library) => library.KurrentDBClient,
    filtersReads: true,
    impliesDirection: true, // the start means forwards, the end backwards
  },
};

// One process drives one package, the one the environment names: both put the
// protocol's messages under the same global names, and the second would break
// the first.
const name = process.env.JUDGES_CLIENT;
const way = ways[name];
const library = require(name);

// Judge is one connection of one of the packages.
export class Judge {
  library = library;
  filtersReads = way.filtersReads;
  impliesDirection = way.impliesDirection;
  #turn = Promise.resolve(); // settles when the last repeated append has ended

  constructor(address, query) {
    this.client = way.Client(library).connectionString(address.includes("://") ? address : `esdb://${address}?${query}`);
  }

  event(type, data = {}, rest = {}) {
    return library.jsonEvent({ type, data, ...rest });
  }

  bytes(type, data, rest = {}) {
    return library.binaryEvent({ type, data, ...rest });
  }

  // append goes through BatchAppend.
  append(stream, events, expected = "any", rest = {}) {
    const act = () => this.client.appendToStream(stream, events, { [way.expectation]: expected, ...rest });
    return "deadline" in rest ? act() : this.#surely(act);
  }

  // appendAlone goes through Append: both packages do that when a call brings
  // its own login. Without TLS the login itself is not sent.
  appendAlone(stream, events, expected = "any", rest = {}) {
    return this.append(stream, events, expected, { credentials: { username: "stilgar", password: "of-sietch-tabr" }, ...rest });
  }

  // #surely appends again, with the same ids, if the server ran out of time on a
  // busy machine: what was kept is recognised. Appends that are repeated go one
  // after the other, so that they don't run out of time together again.
  async #surely(act) {
    const unlessLate = async () => {
      try {
        return await act();
      } catch (error) {
        if (!["deadline-exceeded", "timeout"].includes(error.type)) throw error;
        return undefined;
      }
    };
    let result = await unlessLate();
    while (!result) {
      const turn = this.#turn.then(unlessLate);
      this.#turn = turn.catch(() => undefined);
      result = await turn;
    }
    return result;
  }

  // read gives a list: 6.2.1 has a Node stream, 1.3.1 an iterable without cancel.
  read(stream, options = {}) {
    return gather(this.client.readStream(stream, options));
  }

  readAll(options = {}) {
    return gather(this.client.readAll(options));
  }

  // revisions is what most judgements about a read need.
  async revisions(stream, options = {}) {
    return (await this.read(stream, options)).map((resolved) => Number(resolved.event.revision));
  }

  async lastPosition() {
    const [last] = await this.readAll({ direction: "backwards", fromPosition: "end", maxCount: 1 });
    return last?.event.position ?? "start";
  }

  // delete and tombstone have kept the option's old name in 1.3.1.
  delete(stream, expected = "any") {
    return this.client.deleteStream(stream, { expectedRevision: expected });
  }

  tombstone(stream, expected = "any") {
    return this.client.tombstoneStream(stream, { expectedRevision: expected });
  }

  setMetadata(stream, metadata, expected = "any") {
    return this.client.setStreamMetadata(stream, metadata, { [way.expectation]: expected });
  }

  // metadata leaves out metastreamRevision, in which both packages put the
  // commit position.
  async metadata(stream) {
    return (await this.client.getStreamMetadata(stream)).metadata;
  }

  follow(stream, options = {}, readable = {}) {
    return new Following(this.client.subscribeToStream(stream, options, readable));
  }

  // followAll subscribes to $all. The packages hand checkpoints only to a
  // callback of the filter.
  followAll(options = {}, readable = {}) {
    let following;
    if (options.filter) {
      const checkpointReached = (_, position) => following.checkpoint(position);
      options = { ...options, filter: { checkpointInterval: 1, ...options.filter, checkpointReached } };
    }
    following = new Following(this.client.subscribeToAll(options, readable));
    return following;
  }

  // conflict is a check for assert.rejects. A deletion's conflict with a stream
  // that is not there says -1, an append's says no_stream.
  conflict(expected, actual) {
    return (error) => {
      const said = (value) => (value === -1n ? "no_stream" : value === -2n ? "any" : value === -4n ? "stream_exists" : value);
      check("type", error.type ?? error, "wrong-expected-version");
      check("expected", said(way.expected(error)), expected);
      check("actual", said(way.actual(error)), actual);
      return true;
    };
  }

  async close() {
    await this.client.dispose();
    const channel = await this.client.getChannel().catch(() => undefined); // there may be no server
    channel?.close();
  }
}

// refused is a check for assert.rejects: the error has this type, and says this.
export function refused(type, says = {}) {
  return (error) => {
    check("type", error.type ?? error, type);
    for (const [key, value] of Object.entries(says)) check(key, error[key], value);
    return true;
  };
}

function check(what, got, wanted) {
  if (got !== wanted) throw new Error(`the error's ${what} is ${String(got?.stack ?? got)}, want ${String(wanted)}`);
}

async function gather(source) {
  const list = [];
  for await (const resolved of source) list.push(resolved);
  return list;
}

// plain is what a connection needs of a server without TLS.
export const plain = "tls=false";

// limit is how long the tests of one noun may take before they count as stuck,
// in milliseconds.
const limit = 600_000;

// judging groups tests of one noun. connect makes connections, which end with them;
// it takes the server that the environment names if it is told no other.
export function judging(noun, tests) {
  describe(noun, { timeout: limit }, () => {
    const open = [];
    after(() => Promise.all(open.map((judge) => judge.close())));
    tests((address = process.env.JUDGES_SERVER, query = plain) => {
      const judge = new Judge(address, query);
      open.push(judge);
      return judge;
    });
  });
}
