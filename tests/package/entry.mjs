// The scenario with the package imported, as users import it.
import "./globals.mjs";
import * as main from "butt-dial-edge";
import * as testing from "butt-dial-edge/testing";
import * as webhooks from "butt-dial-edge/webhooks";
import { run } from "./scenario.mjs";

export const scenario = (runtime) => run({ main, webhooks, testing, runtime });
