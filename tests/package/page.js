// Runs inside www/index.html, as a WebDriver script: the page shows what is true.
const done = arguments[0];
const failures = [];
let passed = 0;

function shows(want, after) {
  const got = document.querySelector("#verdict").value;
  if (got === want) passed += 1;
  else failures.push(`after ${after}: the page shows ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

function type(name, text) {
  const field = document.forms.webhook.elements[name];
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const loaded = setInterval(() => {
  if (!document.querySelector("#verdict")?.value) return;
  clearInterval(loaded);
  shows("genuine", "loading");
  type("rawBody", '{"event":"account.deleted"}');
  shows("not genuine", "a change of the body");
  document.querySelector("#sign").click();
  shows("genuine", "signing it again");
  type("secret", "another");
  shows("not genuine", "a change of the secret");
  done({ passed, failed: failures.length, failures });
}, 20);
