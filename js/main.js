// The main module's own instance: every question of the package goes into it through here.

import { Machine as Wasm, ask as asked, memory, ready, room } from "./glue/main.js";
import { instance } from "./trap.js";

const { asks, told } = instance(room, memory);

/** @internal Asks what needs no memory: `ask([name, …arguments], bytes, time, fraction)`. */
export const ask = asks(asked);

/** @internal Gives classes their methods once the module stands: `[tools, of Agent, of AccountsClient]`, names of rows; bars between several. */
export const withMethods = (give) => ready.push(() => give((names ??= ask(["methods"]))));
let names;

/** @internal One machine of the module: what it is asked it remembers. To be freed by hand: some hosts have nothing that would. */
export class Machine {
  #machine;

  constructor(asked, bytes, time, fraction) {
    this.#machine = told((...given) => new Wasm(...given), asked, bytes, time, fraction);
    this.ask = asks((...given) => this.#machine.ask(...given));
  }

  free() {
    told(() => this.#machine.free(), []);
  }
}
