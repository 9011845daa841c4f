//! An agent's calls: the machine of `agent::link`, for `js/conversation.js`.

use crate::accounts::{self, AccountsConfig};
use crate::agent::config::AgentConfig;
use crate::agent::env::from_env;
use crate::agent::link::{Action, At, End, Link, Method};
use crate::agent::report::SendResult;
use crate::agent::tools;
use crate::bind::args::Args;
use crate::bind::webhooks::count;
use crate::error::{Error, Response, from_response, retry_after_header};
use crate::http::{Head, Headers, NetError, Request};
use crate::inbound::parse::parse_push;
use crate::json::{Value, Writer};
use crate::prelude::*;

/// What needs no machine.
pub(crate) fn ask(name: &str, args: &mut Args<'_>, now_ms: f64, out: &mut Writer) {
    match name {
        // `[config, baseUrl, agentId, keepAlive]` of the options of `new Agent`.
        "\"configure\"" => {
            let options = args.chars();
            match AgentConfig::parse(&options) {
                Ok(config) => {
                    out.array().string(&options).string(&config.base_url);
                    out.string_or_null(config.agent_id.as_deref());
                    out.bool(config.idle_ms.is_none()).end_array();
                }
                Err(error) => fail(&error, out),
            }
        }
        // `[config, baseUrl]` of the options of `new AccountsClient`.
        "\"configureAccounts\"" => {
            let options = args.chars();
            match AccountsConfig::parse(&options) {
                Ok(config) => {
                    out.array().string(&options).string(&config.base_url).end_array();
                }
                Err(error) => fail(&error, out),
            }
        }
        // The options of `new Agent`, or of `new AccountsClient`, filled up from environment variables.
        "\"environment\"" => {
            let (options, variables) = (args.chars(), args.next());
            let variable = |name: &str| Some(variables.get(name)?.chars());
            let is_agent = args.next().bool() == Some(true);
            let fill = if is_agent { from_env } else { accounts::from_env };
            match fill(&options, &variable) {
                Ok(options) => {
                    out.raw(&options);
                }
                Err(error) => fail(&error, out),
            }
        }
        // The methods: of `Agent` by the number of their tool's row, several of one with bars between them; those of `Agent` and
        // of `AccountsClient` that are one request.
        "\"methods\"" => {
            out.array().array();
            for row in tools::rows() {
                out.string(row.methods());
            }
            out.end_array();
            accounts::names(true, out);
            accounts::names(false, out);
            out.end_array();
        }
        // The typed error of an answer: its status, its body, its headers as pairs.
        "\"error\"" => {
            let (status, body) = (args.count(), args.chars());
            let mut pairs = Vec::new();
            for pair in args.next().items() {
                let mut pair = pair.items();
                let mut part = || pair.next().unwrap_or(Value::NULL).chars();
                pairs.push((part(), part()));
            }
            let status = u16::try_from(status).unwrap_or_default();
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            let (body, retry_after) = (body.as_str(), retry_after_header(&pairs));
            fail(&from_response(&Response { status, body, retry_after, now_ms }), out);
        }
        _ => {}
    }
}

/// `{ kind, details }`: what becomes an error.
pub(crate) fn fail(error: &Error, out: &mut Writer) {
    out.object().key("kind").string(error.kind.name()).key("details").raw(&error.to_json()).end_object();
}

// What happened, as `js/conversation.js` numbers it; the last number, to close, has no name here.
const CHAIN: u32 = 0;
const CALL: u32 = 1;
const ABORT: u32 = 2;
const LISTEN: u32 = 3;
const UNLISTEN: u32 = 4;
const TOOK: u32 = 5;
const ELSEWHERE: u32 = 6;
const SAID: u32 = 7;
const ACCEPTS: u32 = 8;
const BYTES: u32 = 9;
const REFUSED: u32 = 10;
const ENDED: u32 = 11;
const ANSWERED: u32 = 12;
const FAILED: u32 = 13;
const TICK: u32 = 14;
const DRAIN: u32 = 15;

/// One scope's conversation.
pub(crate) struct Conversation(Link);

impl Conversation {
    /// A configuration that was checked, and 16 random bytes.
    pub(crate) fn new(args: &mut Args<'_>, seed: &[u8]) -> Self {
        let (Ok(config), Some(seed)) = (AgentConfig::parse(&args.chars()), seed.first_chunk()) else {
            // Never: both are ours. A trap ends as an `InternalError`.
            core::arch::wasm32::unreachable()
        };
        Self(Link::new(config, *seed))
    }

    /// One of [`CHAIN`] to [`DRAIN`], a number, and more arguments. Gives the number of a call or chain that began with it (else 0), then
    /// what to do: each the name of a method of `js/conversation.js` and its arguments.
    pub(crate) fn ask(&mut self, args: &mut Args<'_>, bytes: &[u8], at: At, out: &mut Writer) {
        let link = &mut self.0;
        let at = &at;
        let todo = &mut Vec::new();
        let (what, number) = (args.count(), args.count());
        let mut begun = 0;
        match what {
            // A handler, the key of its event, when that came.
            CHAIN => begun = link.chain(&args.chars(), number, args.number()),
            // A method by its place in the table, its options, its chain of keys, whether its signal has aborted already.
            CALL => {
                let method = Method::of(number);
                let (options, chain) = (args.chars(), args.count());
                begun = link.call(method, &options, chain, args.next().bool() == Some(true), at, todo);
            }
            ABORT => link.abort(number, at, todo),
            // Whether it answers callers, its options.
            LISTEN => begun = link.listen(&args.chars(), number > 0, at, todo),
            UNLISTEN => link.unlisten(number, at, todo),
            TOOK => link.took(number, at, todo),
            // What another session of the agent was pushed.
            ELSEWHERE => link.elsewhere(args.next().raw(), at, todo),
            // What is to be said, if anything, and who says so.
            SAID => {
                let (text, model) = (args.text(), args.chars());
                link.said(number, text.as_deref(), &model, at, todo);
            }
            ACCEPTS => {
                begun =
                    Link::accepts(u16::try_from(number).unwrap_or_default(), args.text().as_deref()).into();
            }
            BYTES => link.stream_bytes(number, bytes, at, todo),
            REFUSED => link.stream_refused(number, &head(args, HEADERS), bytes, at, todo),
            ENDED => link.stream_ended(number, args.text().map(NetError), at, todo),
            ANSWERED => {
                let head = head(args, HEADERS);
                link.post_answered(number, &head, bytes, args.next().bool() == Some(true), at, todo);
            }
            FAILED => link.post_failed(number, NetError(args.chars()), at, todo),
            TICK => link.tick(at, todo),
            DRAIN => link.drain(at, todo),
            _ => link.close(at, todo),
        }
        out.integer(begun.into());
        for action in todo {
            out.array();
            tell(action, out);
            out.end_array();
        }
    }
}

/// What a conversation is told of an answer: what it is, and what the server said about coming again.
const HEADERS: &[&str] = &["content-type", "retry-after"];

/// A status, and these headers.
pub(crate) fn head(args: &mut Args<'_>, names: &[&'static str]) -> Head {
    let status = u16::try_from(args.count()).unwrap_or_default();
    let mut pairs = Vec::new();
    for name in names {
        if let Some(value) = args.text() {
            pairs.push((*name, value));
        }
    }
    Head { status, headers: Headers::of(pairs) }
}

fn tell(action: &Action, out: &mut Writer) {
    match action {
        Action::OpenStream { lane, request } => {
            named(out, "open", *lane);
            of_request(out, request);
        }
        Action::CloseStream { lane } => named(out, "shut", *lane),
        Action::Post { post, request, limit } => {
            named(out, "post", *post);
            of_request(out, request);
            out.string_or_null(request.body.as_deref()).integer(count(*limit));
        }
        Action::AbortPost(post) => named(out, "drop", *post),
        Action::Wake(at) => {
            out.string("wake").integer(rounded(*at));
        }
        Action::Ended { job, end } => ended(out, *job, end),
        Action::Push(params) => {
            out.string("push").raw(&parse_push(params).json);
        }
        Action::Say { what, number, json } => {
            named(out, what, *number);
            out.raw(json);
        }
        Action::Closed => {
            out.string("closed");
        }
    }
}

/// A method of `js/conversation.js`, and what it is about.
#[inline(never)]
fn named(out: &mut Writer, what: &str, number: u32) {
    out.string(what).integer(number.into());
}

/// A URL, and headers.
pub(crate) fn of_request(out: &mut Writer, request: &Request) {
    out.string(&request.url).object();
    for (name, value) in &request.headers {
        out.key(name).string(value);
    }
    out.end_object();
}

fn ended(out: &mut Writer, job: u32, end: &End) {
    let fail = |out: &mut Writer, error: &Error| {
        named(out, "fail", job);
        out.string(error.kind.name()).raw(&error.to_json());
    };
    match end {
        End::Json(value) => {
            named(out, "json", job);
            out.raw(value);
        }
        End::Failed(error) => fail(out, error),
        End::Sent(result) => match result.refusal() {
            Some(refusal) => fail(out, &refusal),
            None => {
                named(out, "sent", job);
                sent(out, result);
            }
        },
        End::SentMany(results) => {
            named(out, "many", job);
            for result in results {
                out.array();
                sent(out, result);
                out.end_array();
            }
        }
    }
}

/// A result, and why it failed.
fn sent(out: &mut Writer, result: &SendResult) {
    out.raw(&result.to_json());
    match result.cause() {
        Some(error) => out.raw(&error.to_pair()),
        None => out.null(),
    };
}

/// The next whole millisecond.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "float to integer casts saturate; times are far below 2^53"
)]
pub(crate) fn rounded(ms: f64) -> i64 {
    let whole = ms as i64;
    whole.saturating_add(i64::from((whole as f64) < ms))
}
