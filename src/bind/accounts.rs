//! REST calls: the flows of `accounts`, for `js/rest.js`.

use crate::accounts::{AccountsConfig, Action, Flow, Input, Plan};
use crate::agent::keys::Keys;
use crate::bind::agent::{fail, head, of_request, rounded};
use crate::bind::args::Args;
use crate::http::Method;
use crate::json::Writer;

/// One call.
pub(crate) struct Call {
    flow: Flow,
    keys: Keys,
}

impl Call {
    /// A method, a configuration that was checked, the options of the call, the state that it goes on with, and whether somebody
    /// listens for the webhook; with 16 random bytes.
    pub(crate) fn new(args: &mut Args<'_>, seed: &[u8]) -> Self {
        let (method, config, given, state) = (args.chars(), args.chars(), args.chars(), args.chars());
        let plan = Plan::of(&method, args.next().bool() == Some(true));
        let config =
            if plan.is_agents() { AccountsConfig::of_agent(&config) } else { AccountsConfig::parse(&config) };
        let (Ok(config), Some(seed)) = (config, seed.first_chunk()) else {
            // Never: both are ours. A trap ends as an `InternalError`.
            core::arch::wasm32::unreachable()
        };
        Self { flow: Flow::new(config, plan, &given, &state), keys: Keys::new(*seed) }
    }

    /// What happened and its arguments. Gives what to do: each the name of a method of `js/rest.js` and its arguments, the
    /// one to wait for last.
    pub(crate) fn ask(&mut self, args: &mut Args<'_>, bytes: &[u8], now_ms: f64, out: &mut Writer) {
        let what = args.count();
        let (given, text);
        let input = match what {
            0 => Input::Start,
            1 => {
                given = head(args, &["retry-after", "deprecation", "sunset", "link"]);
                if let Some((route, warning)) = self.flow.deprecation(&given) {
                    warn(out, route, &warning);
                }
                Input::Answer { head: &given, body: bytes }
            }
            2 => Input::TooLarge,
            3 => Input::Woke,
            _ => {
                text = args.chars();
                match what {
                    4 => Input::Lost(&text),
                    5 => Input::Said(&text),
                    _ => Input::Verified(&text),
                }
            }
        };
        let action = self.flow.next(input, now_ms, &self.keys.next(0));
        if let Some((method, warning)) = self.flow.warning(&action) {
            warn(out, method, warning);
        }
        out.array();
        match &action {
            Action::Request { request, until_ms } => {
                out.string("request").integer(rounded(*until_ms)).string(request.method.as_str());
                of_request(out, request);
                if request.method != Method::Get {
                    out.string_or_null(request.body.as_deref());
                }
            }
            Action::Sleep { until_ms } => {
                out.string("sleep").integer(rounded(*until_ms));
            }
            Action::Ask { hint } => {
                out.string("ask").string(hint);
            }
            Action::Done(Ok(json)) => {
                out.string("done").raw(json);
            }
            Action::Done(Err(error)) => {
                out.string("fail");
                fail(error, out);
            }
        }
        out.end_array();
    }
}

/// Something for the log, once under a name.
fn warn(out: &mut Writer, name: &str, text: &str) {
    out.array().string("warn").string(name).string(text).end_array();
}
