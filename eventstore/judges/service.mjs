// A server of a test's own, as a process that can be killed and started again
// on the same port and the same files.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Service {
  address = "127.0.0.1:0"; // the first start chooses the port
  #data = mkdtempSync(join(process.env.JUDGES_DATA, "service-"));
  #process;

  async start() {
    const [program, ...flags] = JSON.parse(process.env.JUDGES_COMMAND);
    this.#process = spawn(program, [...flags, "--data", this.#data, "--eventstore-listen", this.address], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface(this.#process.stdout)) {
      const [, address] = line.match(/^ready .*eventstore=(\S+)/) ?? [];
      if (address) {
        this.address = address;
        return this;
      }
    }
    throw new Error("the server ended before it was ready");
  }

  // end sends a signal and waits until the process is gone.
  async end(signal = "SIGKILL") {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill(signal);
    await gone;
  }
}
