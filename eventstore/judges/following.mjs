// A subscription of either package, with all that has been delivered by it.
import { patience } from "./given.mjs";

export class Following {
  events = []; // resolved events
  checkpoints = []; // positions
  order = []; // "confirmation", "event", "caughtUp" and "checkpoint", as they arrived
  failure = undefined;
  #waiting = new Set();

  constructor(stream) {
    this.stream = stream;
    this.#listen();
    stream.on("data", (resolved) => this.#add(this.events, resolved));
    stream.on("error", (error) => {
      this.failure = error;
      this.#look();
    });
  }

  // #listen notes the order of messages before the package puts events into a
  // queue, which "caughtUp" and checkpoints overtake (both packages).
  #listen() {
    const pass = this.stream._transform;
    this.stream._transform = (message, ...rest) => {
      const kinds = { Confirmation: "confirmation", Event: "event", CaughtUp: "caughtUp", Checkpoint: "checkpoint" };
      for (const [kind, name] of Object.entries(kinds)) {
        if (message[`has${kind}`]()) this.#add(this.order, name);
      }
      return pass.call(this.stream, message, ...rest);
    };
  }

  checkpoint(position) {
    this.#add(this.checkpoints, position);
  }

  #add(list, item) {
    list.push(item);
    this.#look();
  }

  #look() {
    for (const look of this.#waiting) look();
  }

  get types() {
    return this.events.map(({ event }) => event.type);
  }

  get revisions() {
    return this.events.map(({ event }) => Number(event.revision));
  }

  count(kind) {
    return this.order.filter((name) => name === kind).length;
  }

  // until waits for a condition; a subscription that fails never meets one.
  until(what, condition) {
    return this.#wait(what, () => {
      if (condition(this)) return true;
      if (this.failure) throw this.failure;
      return false;
    });
  }

  confirmed() {
    return this.until("the confirmation", () => this.count("confirmation") > 0);
  }

  live() {
    return this.until("having caught up", () => this.count("caughtUp") > 0);
  }

  delivered(count) {
    return this.until(`${count} events`, () => this.events.length >= count);
  }

  // failed waits for the end with an error and gives it.
  async failed() {
    await this.#wait("an error", () => this.failure !== undefined);
    return this.failure;
  }

  #wait(what, met) {
    return new Promise((resolve, reject) => {
      const settle = (end, value) => {
        clearTimeout(limit);
        this.#waiting.delete(look);
        end(value);
      };
      const look = () => {
        try {
          if (met()) settle(resolve);
        } catch (error) {
          settle(reject, error);
        }
      };
      const limit = setTimeout(() => settle(reject, new Error(`waited in vain for ${what}; there are ${this.events.length} events, ${this.order.slice(-20)}`)), patience);
      this.#waiting.add(look);
      look();
    });
  }

  stop() {
    return this.stream.unsubscribe();
  }
}
