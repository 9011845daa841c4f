// The package by `require`, where the runtime can.
import("../globals.mjs")
  .then(() => ({
    main: require("butt-dial-edge"),
    webhooks: require("butt-dial-edge/webhooks"),
    testing: require("butt-dial-edge/testing"),
    runtime: process.argv[2],
  }))
  .then(async (given) => (await import("../scenario.mjs")).run(given))
  .then((result) => console.log(`RESULT ${JSON.stringify(result)}`));
