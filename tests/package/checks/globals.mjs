import { same } from "../check.mjs";
import { before, differences, names, namesBefore, picture } from "../globals.mjs";

// What bundlers and servers of the tests put there, or runtimes on first use.
const NOT_OURS = new Set(["__vite__mapDeps", "__scenario"]);

export default {
  "no global was patched"() {
    same(differences(before, picture()), []);
  },
  "no global was added"() {
    same([...names()].filter((name) => !namesBefore.has(name) && !NOT_OURS.has(name)), []);
  },
};
