// For workerd: the scenario inside a request, since randomness and timers exist only there.
import { scenario } from "../entry.mjs";

export default {
  async fetch(request) {
    return Response.json(await scenario(new URL(request.url).searchParams.get("runtime")));
  },
};
