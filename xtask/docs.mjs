// The pages of docs/ that follow from the declarations: `docs.mjs` writes them, `docs.mjs --check` says which are out of date. A page
// is docs/intro/NAME.md and then what the declarations of its list say. Every export has one place in the lists.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
// The compiler's own parser. Its interface may change between versions: the lockfile names one.
import { SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The pages: name, title, and what is on them, by file. `*`: all that the file exports and no
 * other list names; of a file that follows from a table, without what the table's own page has.
 */
const PAGES = {
  agent: ["Agent", {
    "index.d.ts": ["Agent", "AgentOptions", "AgentFromEnvOptions", "AgentCalls"],
    "tools.d.ts": ["SendMessageOptions", "MessageFields", "SendMessagesOptions", "CallToolOptions", "PingOptions"],
    "types.d.ts": ["SendResult", "SentResult", "UnsentResult", "SendReport", "SendStage"],
    "index.d.ts ": ["ListenOptions", "InboundStream", "InboundSubscription", "ListenState", "LiveEvent", "VoicePrompt", "VoiceReply", "VERSION"],
  }],
  inbound: ["InboundHandler", {
    "index.d.ts": ["InboundHandler", "InboundHandlerOptions", "InboundContext", "InboundCallback", "MessageFilter", "Unsubscribe", "DispatchReport", "InboundHint", "WaitUntil"],
    "stores.d.ts": ["DeliveryDedupeStore"],
    "stores/memory.d.ts": ["MemoryDedupe", "MemoryDedupeOptions"],
  }],
  webhooks: ["Webhooks", {
    "webhooks.d.ts": [
      "receiveWebhook", "ReceiveWebhookOptions", "ReceivedWebhook", "ReceivedChallenge", "RefusedWebhook", "WebhookRefusal", "parseInbound", "ParseInboundOptions",
      "verifyWebhookSignature", "VerifyWebhookSignatureOptions", "verifyWhatsappSignature", "VerifyWhatsappSignatureOptions",
      "verifyWhatsappSubscription", "VerifyWhatsappSubscriptionOptions", "*",
    ],
  }],
  "accounts-client": ["AccountsClient", { "index.d.ts": ["AccountsClient", "AccountsClientOptions", "AccountsFromEnvOptions", "OnboardingHandshake", "*"] }],
  events: ["Events", { "types.d.ts": ["InboundEvent", "InboundEventOf", "InboundMessage", "MessageEventFields", "MessageContent", "*"] }],
  errors: ["Errors", { "errors.d.ts": ["*"], "types.d.ts": ["ErrorCode"] }],
  testing: ["The service as a double", { "testing.d.ts": ["FakeButtDialServer", "FakeServerOptions", "*"] }],
  answers: ["Answers", { "accounts.d.ts": ["*"], "rest.d.ts": ["*"], "answers.d.ts": ["*"] }],
  types: ["Words, and what a host may inject", {
    "types.d.ts": [
      "WaitOptions", "CallOptions", "ConnectionOptions", "FetchLike", "Fetcher", "Clock", "Logger", "ButtDialEnv", "EnvSource", "Channel", "TargetGender",
      "Secret", "IsoDateTime", "BodyBytes", "MaybePromise", "Open", "Answer", "JsonValue", "JsonObject",
    ],
  }],
};
/** Interfaces of generated files that lend methods to a class, with the page that has them; `own`: those that are on the class's page. */
const LENT = {
  Agent: {
    own: ["sendMessage", "sendMessages", "callTool", "listTools", "ping"],
    from: [["tools.d.ts", "AgentTools", "tools.md", "a tool of the service"], ["rest.d.ts", "AgentRest", "rest.md", "a REST route"]],
  },
  AccountsClient: { own: [], from: [["accounts.d.ts", "AccountsCalls", "accounts.md", "a REST route"]] },
};
/** Where the tables of methods have their pages. */
const TABLES = Object.fromEntries(Object.values(LENT).flatMap(({ from }) => from.map(([, name, where]) => [name, where])));
/** Files whose exports must all be on a page. */
const HANDWRITTEN = ["index.d.ts", "answers.d.ts", "types.d.ts", "webhooks.d.ts", "errors.d.ts", "stores.d.ts", "stores/memory.d.ts", "testing.d.ts"];

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────

const sources = read([...HANDWRITTEN, "tools.d.ts", "rest.d.ts", "accounts.d.ts"]);

/** The syntax trees by file, each with its declarations by name. A class goes before the interface that lends it methods. */
function read(files) {
  const api = new API({ cwd: root });
  const path = (file) => join(root, "js", file);
  const snapshot = api.updateSnapshot({ openFiles: files.map(path) });
  const trees = files.map((file) => {
    const tree = snapshot.getDefaultProjectForFile(path(file)).program.getSourceFile(path(file));
    const names = new Map();
    for (const statement of tree.statements) {
      const declared = statement.declarationList?.declarations[0] ?? statement;
      const name = declared.name?.text;
      if (names.has(name) && declared.kind !== SyntaxKind.InterfaceDeclaration) throw new Error(`docs.mjs: ${name} of ${file} is declared twice`);
      if (name && !names.has(name)) names.set(name, { name, file, tree, statement, node: declared });
    }
    return [file, names];
  });
  // The compiler ends with this process: one that is closed complains at times.
  return Object.fromEntries(trees);
}

/** Whether it is the options of a row of a table. */
const isOptions = ({ tree, file, node }) => !HANDWRITTEN.includes(file) && (node.heritageClauses ?? []).some(({ types }) => /WaitOptions|CallOptions/.test(types.map((type) => codeOf(tree, type))));

/** What every page shows, as declarations; fails when a name has no place, or more than one. */
function lists() {
  const placed = new Map();
  const pages = Object.entries(PAGES).map(([page, [title, files]]) => {
    const entries = Object.entries(files).flatMap(([file, names]) => names.map((name) => [file.trim(), name]));
    for (const [file, name] of entries) {
      if (name === "*") continue;
      if (!sources[file].has(name)) throw new Error(`docs.mjs: ${file} exports no ${name}`);
      if (placed.has(name)) throw new Error(`docs.mjs: ${name} is on two pages`);
      placed.set(name, page);
    }
    return { page, title, entries };
  });
  for (const one of pages) {
    one.shown = one.entries.flatMap(([file, name]) => {
      if (name !== "*") return [sources[file].get(name)];
      const rest = [...sources[file].values()].filter((declared) => !placed.has(declared.name) && !(declared.name in TABLES) && !isOptions(declared));
      for (const { name } of rest) placed.set(name, one.page);
      return rest;
    });
  }
  for (const file of HANDWRITTEN) {
    for (const name of sources[file].keys()) if (!placed.has(name)) throw new Error(`docs.mjs: ${name} of ${file} is on no page`);
  }
  return { pages, placed };
}

// ── Comments ────────────────────────────────────────────────────────────────────────────────────────────────

/** A doc comment as `{ text, defaultValue, throws, param }`, each one line. */
function comment(raw) {
  const plain = raw.replace(/^\/\*\*|\*\/$/g, "").replace(/\n\s*\* ?/g, "\n").trim();
  const [text, ...tags] = plain.split(/(?:^|\s)@(?=(?:defaultValue|throws|param|example)\b)/);
  const out = { text: line(text) };
  for (const tag of tags) {
    const [, name, rest] = /^(\w+)\s*([^]*)$/.exec(tag);
    out[name] = line(rest);
  }
  return out;
}

const line = (text) => text.replace(/\s+/g, " ").trim();

/** The last doc comment in front of a node. */
function docOf(tree, node) {
  const raw = (node.jsDoc ?? []).map(({ pos, end }) => tree.text.slice(pos, end)).at(-1) ?? "";
  // What stands before it, such as the line above a part of the file, belongs to its place.
  return comment(raw.match(/\/\*\*[^]*?\*\//g)?.at(-1) ?? "");
}

/** Code on one line, without comments. */
const code = (text) =>
  line(text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, ""))
    .replace(/;$|^\| /g, "")
    .replace(/([(<]) ?\| /g, "$1")
    .replace(/; \}/g, " }")
    .replace(/ >/g, ">")
    .replace(/\b[AT]\.(?=[A-Z])/g, "");
function codeOf(tree, node) {
  return code(tree.text.slice(node.getStart(tree), node.end));
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────

const { pages, placed } = lists();
const anchor = (text) => text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
const link = (name, page) => (TABLES[name] ? `[\`${name}\`](${TABLES[name]})` : placed.has(name) ? `[\`${name}\`](${placed.get(name) === page ? "" : `${placed.get(name)}.md`}#${anchor(name)})` : `\`${name}\``);
const cell = (text) => text.replaceAll("|", "\\|");
const linked = (text, page) => text.replace(/\{@link ([\w.]+)\}/g, (_, path) => (placed.has(path) ? link(path, page) : `\`${path}\``));

/** Text and errors of a comment, as paragraphs. */
function prose({ text, throws, param }, page) {
  const parts = [text && linked(text, page), param && `\`${param.replace(/ /, "`: ")}.`, throws && `Throws: ${linked(throws, page)}.`];
  return parts.filter(Boolean).map((part) => `${part}\n`);
}

/** The documented types that a signature names. */
function seen(signature, page, ...without) {
  const names = [...new Set(signature.match(/\b[A-Z]\w+/g))].filter((name) => placed.has(name) && !WORDS.has(name) && !without.includes(name));
  return names.length > 0 ? [`See ${names.map((name) => link(name, page)).join(", ")}.\n`] : [];
}
/** Names that explain themselves. */
const WORDS = new Set(["MaybePromise", "Secret", "IsoDateTime", "Channel", "JsonValue", "JsonObject", "Answer", "Open", "Unsubscribe"]);

const nameOf = (tree, member) => (member.kind === SyntaxKind.IndexSignature ? codeOf(tree, member).replace(/^readonly |:[^:]*$/g, "") : codeOf(tree, member.name));
const isMethod = ({ kind }) => kind === SyntaxKind.MethodSignature || kind === SyntaxKind.MethodDeclaration;
const has = (member, kind) => (member.modifiers ?? []).some((modifier) => modifier.kind === kind);

/** The type of a property; of a method, its signature from the parenthesis on. */
function typeOf(tree, member) {
  const whole = codeOf(tree, member);
  return isMethod(member) ? whole.slice(whole.indexOf(nameOf(tree, member)) + nameOf(tree, member).length).replace(/^\?/, "") : codeOf(tree, member.type);
}

/** Members as a table. What is given has a column for what counts without it. */
function table(tree, members, page) {
  if (members.length === 0) return [];
  const given = members.some((member) => !isMethod(member) && !has(member, SyntaxKind.ReadonlyKeyword)) || members.some((member) => docOf(tree, member).defaultValue);
  const rows = members.map((member) => {
    const { text, throws, defaultValue } = docOf(tree, member);
    const what = linked([text, throws && `Throws: ${throws}.`].filter(Boolean).join(" "), page);
    const optional = member.questionToken ?? member.postfixToken;
    const cells = [`\`${nameOf(tree, member)}${optional && !given ? "?" : ""}\``, `\`${typeOf(tree, member)}\``, what];
    return [...cells, ...(given ? [defaultValue ?? (optional ? "" : "required")] : [])];
  });
  const heads = given ? ["name", "type", "what it is", "default"] : ["name", "type", "what it is"];
  return [[heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`.replace("| --- |", "|---|").replaceAll(" --- |", "---|")).join("\n") + "\n"];
}

/** A method, or several of one name. */
function method(tree, name, members, page, className) {
  const out = [`### \`${name}\`\n`];
  for (const member of members) {
    const signature = codeOf(tree, member).replace(/^(static |readonly )+/, "").replace(/^constructor/, name);
    out.push(`\`${signature}\`\n`, ...prose(docOf(tree, member), page));
  }
  return [...out, ...seen(members.map((member) => codeOf(tree, member)).join(" "), page, className)];
}

function isCall(member) {
  return isMethod(member) || member.kind === SyntaxKind.Constructor || member.type?.kind === SyntaxKind.FunctionType;
}

function classOf({ name, tree, node }, page) {
  const out = [];
  const properties = node.members.filter((member) => !isCall(member));
  const calls = new Map();
  for (const member of node.members.filter(isCall)) {
    const own = member.kind === SyntaxKind.Constructor ? `new ${name}` : codeOf(tree, member.name);
    const shown = has(member, SyntaxKind.StaticKeyword) ? `${name}.${own}` : own;
    // A constructor that errors inherit, and says nothing, is no reading.
    if (member.kind === SyntaxKind.Constructor && page === "errors") continue;
    calls.set(shown, [...(calls.get(shown) ?? []), member]);
  }
  out.push(...table(tree, properties, page));
  const isMade = ([shown]) => /^(new |\w+\.)/.test(shown);
  for (const [shown, members] of [...calls].filter(isMade)) out.push(...method(tree, shown, members, page, name));
  const others = [];
  for (const [file, from, where, what] of LENT[name]?.from ?? []) {
    const { tree: theirs, node: lender } = sources[file].get(from);
    for (const call of LENT[name].own) {
      const members = lender.members.filter((member) => member.name.text === call);
      if (members.length > 0) out.push(...method(theirs, call, members, page, name));
    }
    const names = [...new Set(lender.members.map((member) => member.name.text))].filter((call) => !LENT[name].own.includes(call));
    others.push(`Those that call ${what}, with their options in [${where}](${where}): ${names.map((call) => `\`${call}\``).join(", ")}.\n`);
  }
  for (const [shown, members] of [...calls].filter((call) => !isMade(call))) out.push(...method(tree, shown, members, page, name));
  if (others.length > 0) out.push("### Further methods\n", ...others);
  return out;
}

/** What a type alias stands for: its code where that is short, else its parts. */
function aliasOf(tree, node, page) {
  const whole = codeOf(tree, node);
  if (!/\/\*\*/.test(tree.text.slice(node.pos, node.end))) return [`\`${whole}\`\n`];
  if (node.kind === SyntaxKind.IntersectionType) {
    const [first, ...rest] = node.types;
    return [...aliasOf(tree, first, page), ...rest.flatMap((type) => ["Each may also have:\n", ...table(tree, type.members, page)])];
  }
  if (node.kind === SyntaxKind.ParenthesizedType) return aliasOf(tree, node.type, page);
  if (node.kind !== SyntaxKind.UnionType) return [`\`${whole}\`\n`];
  let from = node.pos;
  const rows = node.types.map((type) => {
    const before = tree.text.slice(from, type.getStart(tree)).match(/\/\*\*[^]*?\*\//)?.[0] ?? "";
    from = type.end;
    return `| \`${cell(codeOf(tree, type))}\` | ${cell([comment(before).text, ...inner(tree, type)].filter(Boolean).join(" "))} |`;
  });
  return [["| one of | what it is |", "|---|---|", ...rows].join("\n") + "\n"];
}

/** What the members of a type literal are, as sentences. */
function inner(tree, type) {
  const members = type.kind === SyntaxKind.TypeLiteral ? type.members : (type.type?.types ?? []).flatMap((part) => part.members ?? []);
  return members.flatMap((member) => {
    const { text, defaultValue } = docOf(tree, member);
    return text ? [`\`${nameOf(tree, member)}\`: ${text}${defaultValue ? ` Default: ${defaultValue}.` : ""}`] : [];
  });
}

function section(declared, page) {
  const { name, tree, statement, node } = declared;
  const out = [`## \`${name}\`\n`, ...prose(docOf(tree, statement), page)];
  for (const { token, types } of node.heritageClauses ?? []) {
    const bases = types.map((type) => link(codeOf(tree, type), page)).join(", ");
    out.push(`${token === SyntaxKind.ImplementsKeyword ? "Implements" : "Extends"} ${bases}.\n`);
  }
  switch (node.kind) {
    case SyntaxKind.ClassDeclaration:
      return [...out, ...classOf(declared, page)];
    case SyntaxKind.InterfaceDeclaration:
      return [...out, ...table(tree, node.members, page)];
    case SyntaxKind.TypeAliasDeclaration:
      return [...out, ...aliasOf(tree, node.type, page)];
    case SyntaxKind.FunctionDeclaration: {
      const signature = codeOf(tree, node).replace(/^export (declare )?function /, "");
      return [...out.slice(0, 1), `\`${signature}\`\n`, ...out.slice(1), ...seen(signature, page)];
    }
    default:
      return node.type.members ? [...out, ...table(tree, node.type.members, page)] : [...out, `\`${codeOf(tree, node)}\`\n`];
  }
}

function text({ page, title, entries, shown }) {
  const files = [...new Set(entries.map(([file]) => `js/${file}`))];
  const intro = readFileSync(join(root, "docs/intro", `${page}.md`), "utf8").trim();
  const head = `<!-- Generated from ${[...files, `docs/intro/${page}.md`].join(", ")} by \`cargo xtask generate\`. Edit those, not this file. -->\n`;
  const all = pages.filter((other) => other.page !== page).map((other) => `[${other.title}](${other.page}.md)`);
  return [head, `# ${title}\n`, `${intro}\n`, ...shown.flatMap((declared) => section(declared, page)), `---\n`, `Other pages: ${all.join(", ")}.\n`].join("\n");
}

// ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────

const check = process.argv.includes("--check");
let failed = 0;
for (const page of pages) {
  const file = `docs/${page.page}.md`;
  const wanted = text(page);
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) continue;
  if (check) {
    failed += 1;
    console.log(`${file} is out of date: run \`cargo xtask generate\``);
  } else {
    writeFileSync(path, wanted);
    console.log(`${file}: written`);
  }
}
if (check) console.log(`${pages.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
