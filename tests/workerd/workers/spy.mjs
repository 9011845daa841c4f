// The WebAssembly instances that are made from here on: import it before the package.
export const instances = [];

const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports);
  instances.push(instance);
  return instance;
};

/** Bytes of linear memory and slots for JavaScript values, over all modules. */
export function size() {
  const exported = instances.map(({ exports }) => Object.values(exports));
  const sum = (Type, of) => exported.flat().filter((value) => value instanceof Type).reduce((all, value) => all + of(value), 0);
  return { bytes: sum(WebAssembly.Memory, ({ buffer }) => buffer.byteLength), slots: sum(WebAssembly.Table, ({ length }) => length) };
}
