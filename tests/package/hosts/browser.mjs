// For browsers: leaves a promise of the result for the driver.
import { scenario } from "../entry.mjs";

globalThis.__scenario = scenario(new URL(location.href).searchParams.get("runtime"));
