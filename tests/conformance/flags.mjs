// The flags of the vectors that say how to compare: tests/vectors/README.md. The other flags name properties that are rules here.

import { SOME_TEXT } from "./compare.mjs";

/** By flag: `(answer, input) => answer`, applied to the recorded answer and to ours. What comes out is compared. */
export const FLAGS = {
  /** `text` and `body` made of an interactive block are compared as JSON; a text that stands in the payload as it is stays a text. */
  textIsJson: (answer, { payload }) => {
    const plain = new Set(strings(payload));
    const read = (value) => (typeof value === "string" && !plain.has(value) ? asJson(value) : value);
    return {
      ...answer,
      messages: answer.messages?.map((message) => ({ ...message, text: read(message.text) })),
      ...(answer.parse?.body === undefined ? {} : { parse: { ...answer.parse, body: read(answer.parse.body) } }),
      ...(answer.handlerCalls === undefined ? {} : { handlerCalls: answer.handlerCalls.map(([label, text]) => [label, read(text)]) }),
    };
  },
  pythonWording: (answer) => wordless(answer, ["message", "error", "remediation"]),
  errorTextOracleSpecific: (answer) => wordless(answer, ["message", "error"]),
};

/** The members whose words a flag leaves free: any text will do, but a text it must be. */
export const FREE = { pythonWording: ["message", "error", "remediation"], errorTextOracleSpecific: ["message", "error"] };

function wordless(answer, keys) {
  const some = (object) => {
    const free = Object.entries(object).map(([key, value]) => [key, keys.includes(key) && typeof value === "string" && value !== "" ? SOME_TEXT : value]);
    return Object.fromEntries(free);
  };
  const plain = some(answer);
  return plain.sendResult === undefined ? plain : { ...plain, sendResult: some(plain.sendResult) };
}

function* strings(value) {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) yield* strings(item);
}

function asJson(text) {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return text;
  }
}
