// The main module's own instance: every question of the package goes into it through here.

import { Machine as Wasm, ask as asked } from "./glue/main.js";
import { NONE, instance } from "./trap.js";

const { asks, guarded } = instance();

/** @internal Asks what needs no memory: `ask([name, …arguments], bytes, time, fraction)`. */
export const ask = asks(asked);

/** @internal One machine of the module: what it is asked it remembers. To be freed by hand: some hosts have nothing that would. */
export class Machine {
  #machine;

  constructor(asked, bytes = NONE, time = NaN, fraction = NaN) {
    this.#machine = guarded(() => new Wasm(JSON.stringify(asked), bytes, time, fraction));
    this.ask = asks((...asked) => this.#machine.ask(...asked));
  }

  free() {
    guarded(() => this.#machine.free());
  }
}
