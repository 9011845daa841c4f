//! Tool calls: what is recorded, what is remembered by key, what is answered.

use serde_json::{Value, json};

use super::action::{Action, CallId, Ms};
use super::answer::Post;
use super::envelope::Reply;
use super::fault::Fault;
use super::record::RecordedCall;
use super::rpc::Payload;
use super::script::{SendWhat, ToolScript};
use super::service::{Job, Service};
use super::tools;

/// What an idempotency key stands for. Only what was taken is remembered: a refused send may be tried again.
#[derive(Clone, Debug)]
pub(super) enum Memory {
    Done(Payload),
    Pending(CallId),
}

/// A call that the driver answers.
#[derive(Debug)]
pub(super) struct PendingCall {
    post: Post,
    /// Its place in the records, and its key, if it is a send.
    send: Option<(usize, Option<(String, String)>)>,
    delay_ms: Ms,
    /// Repeats of its key.
    repeats: Vec<Post>,
}

impl PendingCall {
    pub(super) fn forget(&mut self) {
        self.send = None;
    }
}

/// What the driver says to [`Action::CallTool`].
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// The tool's value; see [`ToolScript::Answer`].
    Value(Value),
    /// The tool failed with this text.
    Failed(String),
}

impl Service {
    /// The driver's answer to [`Action::CallTool`].
    pub fn tool_answered(&mut self, now: Ms, call: CallId, answer: ToolAnswer, out: &mut Vec<Action>) {
        let Some(pending) = self.pending.remove(&call) else { return };
        let result = match answer {
            ToolAnswer::Value(value) => tools::to_result(value),
            ToolAnswer::Failed(text) => tools::error_result(&json!({ "error": text })),
        };
        let payload = Payload::Result(result);
        if let Some((index, key)) = pending.send {
            if let Some(key) = &key {
                self.memory.remove(key);
            }
            self.settle_send(index, key, &payload);
        }
        self.finish(now, pending.post, payload.clone(), pending.delay_ms, out);
        for repeat in pending.repeats {
            self.finish(now, repeat, payload.clone(), 0, out);
        }
        self.settle(out);
    }

    /// `tools/call`.
    pub(super) fn call(&mut self, now: Ms, post: Post, mut params: Value, out: &mut Vec<Action>) {
        let args = params.get_mut("arguments").map_or_else(|| json!({}), Value::take);
        let Some(tool) = params.get("name").and_then(Value::as_str) else {
            return self.answer(now, post, &Payload::error(-32602, "Invalid params"), out);
        };
        if tool == tools::SEND {
            return self.send(now, post, args, out);
        }
        self.record(now, &post, tool, &args, false);
        let payload = match self.ready(tool, &args) {
            Some(payload) => payload,
            None => return self.ask_driver(post, tool, args, None, 0, out),
        };
        self.answer(now, post, &payload, out);
    }

    /// What a tool other than a send answers; `None` when the driver is to say.
    fn ready(&self, tool: &str, args: &Value) -> Option<Payload> {
        if let Some(complaint) = self.complaint(tool, args) {
            return Some(complaint);
        }
        Some(Payload::Result(match self.tool_scripts.get(tool) {
            Some(ToolScript::Ask) => return None,
            Some(ToolScript::Answer(value)) => tools::to_result(value.clone()),
            None if tool == tools::PING => tools::to_result(tools::pong(args, self.version())),
            None => json!({ "content": [] }),
        }))
    }

    /// Unknown tools and bad arguments: plain text with `isError` (wire-contract 2.6).
    fn complaint(&self, tool: &str, args: &Value) -> Option<Payload> {
        let text = if self.tools.iter().any(|known| known == tool) {
            tools::invalid(tool, args, self.options.legacy)?
        } else {
            ["Tool ", tool, " not found"].concat()
        };
        Some(Payload::Result(tools::text_result(&["MCP error -32602: ", &text].concat(), true)))
    }

    fn send(&mut self, now: Ms, mut post: Post, args: Value, out: &mut Vec<Action>) {
        let honours = self.options.idempotency && !self.options.legacy;
        let key = args
            .get("idempotencyKey")
            .and_then(Value::as_str)
            .filter(|_| honours)
            .map(|key| (post.agent.clone(), key.to_owned()));
        let known = key.as_ref().and_then(|key| self.memory.get(key)).cloned();
        let script = self.take_send_script(known.is_some());
        let delay_ms = script.as_ref().map_or(0, |script| script.delay_ms);
        let what = script.map(|script| script.what);
        match &what {
            Some(SendWhat::Http { status, body, headers }) => {
                let reply = Reply::scripted(*status, body.as_ref(), headers);
                return self.instead(now, post, reply, delay_ms, out);
            }
            Some(SendWhat::Broken { fault, .. }) if !fault.accepts() => {
                return self.instead_broken(now, post, *fault, delay_ms, out);
            }
            Some(SendWhat::Broken { fault, size, .. }) => {
                post.fault = Some(*fault);
                post.size = *size;
            }
            _ => {}
        }
        let index = self.record(now, &post, tools::SEND, &args, known.is_some());
        match known {
            Some(Memory::Done(payload)) => return self.finish(now, post, payload, delay_ms, out),
            Some(Memory::Pending(call)) => {
                self.accept(&mut post, out);
                if let Some(first) = self.pending.get_mut(&call) {
                    first.repeats.push(post);
                }
                return;
            }
            None => {}
        }
        match self.outcome(what, &args) {
            Some(payload) => {
                self.settle_send(index, key, &payload);
                self.finish(now, post, payload, delay_ms, out);
            }
            None => self.ask_driver(post, tools::SEND, args, Some((index, key)), delay_ms, out),
        }
    }

    /// What a send that arrived is answered with; `None` when the driver is to say.
    fn outcome(&mut self, what: Option<SendWhat>, args: &Value) -> Option<Payload> {
        let legacy = self.options.legacy;
        let sid = match what {
            Some(SendWhat::RpcError(error)) => return Some(Payload::Error(error)),
            Some(SendWhat::RawMessage(message)) => return Some(Payload::Raw(message)),
            Some(SendWhat::Result(result)) => return Some(Payload::Result(result)),
            Some(SendWhat::RawText { text, is_error }) => {
                return Some(Payload::Result(tools::text_result(&text, is_error)));
            }
            Some(SendWhat::Refused { body, is_error }) => {
                return Some(Payload::Result(tools::text_result(&body.to_string(), is_error)));
            }
            Some(SendWhat::Sid(sid)) => return Some(sent(args, &sid, legacy)),
            Some(SendWhat::Broken { sid, .. }) => sid,
            Some(SendWhat::Http { .. }) | None => None,
        };
        if let Some(complaint) = self.complaint(tools::SEND, args) {
            return Some(complaint);
        }
        match self.tool_scripts.get(tools::SEND) {
            Some(ToolScript::Ask) => return None,
            Some(ToolScript::Answer(value)) => return Some(Payload::Result(tools::to_result(value.clone()))),
            None => {}
        }
        if let Some(refusal) = tools::refused(args, legacy) {
            return Some(Payload::Result(tools::error_result(&refusal)));
        }
        let sid = sid.unwrap_or_else(|| self.ids.message());
        Some(sent(args, &sid, legacy))
    }

    /// Notes a send that was taken, and remembers its key.
    fn settle_send(&mut self, index: usize, key: Option<(String, String)>, payload: &Payload) {
        let taken = match payload {
            Payload::Result(result) => tools::is_success(result),
            Payload::Error(_) => false,
            Payload::Raw(_) => true,
        };
        if taken {
            self.sent.push(index);
            if let Some(key) = key {
                self.memory.insert(key, Memory::Done(payload.clone()));
            }
        }
    }

    fn ask_driver(
        &mut self,
        mut post: Post,
        tool: &str,
        args: Value,
        send: Option<(usize, Option<(String, String)>)>,
        delay_ms: Ms,
        out: &mut Vec<Action>,
    ) {
        if post.fault != Some(Fault::AnswerInPostBody) {
            self.accept(&mut post, out);
        }
        let call = self.ids.number();
        if let Some((_, Some(key))) = &send {
            self.memory.insert(key.clone(), Memory::Pending(call));
        }
        self.pending.insert(call, PendingCall { post, send, delay_ms, repeats: Vec::new() });
        out.push(Action::CallTool { call, tool: tool.to_owned(), args });
    }

    /// Answers now, or accepts now and answers later.
    fn finish(&mut self, now: Ms, mut post: Post, payload: Payload, delay_ms: Ms, out: &mut Vec<Action>) {
        if delay_ms == 0 {
            return self.answer(now, post, &payload, out);
        }
        if post.fault != Some(Fault::AnswerInPostBody) {
            self.accept(&mut post, out);
        }
        self.later(now.saturating_add(delay_ms), Job::Answer(post, payload));
    }

    fn instead(&mut self, now: Ms, post: Post, reply: Reply, delay_ms: Ms, out: &mut Vec<Action>) {
        let Some(request) = post.request else { return };
        if delay_ms == 0 {
            self.respond(request, reply, out);
        } else {
            self.later(now.saturating_add(delay_ms), Job::Reply(request, reply));
        }
    }

    fn instead_broken(&mut self, now: Ms, post: Post, fault: Fault, delay_ms: Ms, out: &mut Vec<Action>) {
        let Some(request) = post.request else { return };
        if delay_ms == 0 {
            self.broken(request, Some(post.stream), fault, out);
        } else {
            self.later(now.saturating_add(delay_ms), Job::Broken(request, Some(post.stream), fault));
        }
    }

    fn record(&mut self, now: Ms, post: &Post, tool: &str, args: &Value, replayed: bool) -> usize {
        self.last_token = Some(post.token.clone());
        self.calls.push(RecordedCall {
            tool: tool.to_owned(),
            args: args.clone(),
            token: Some(post.token.clone()),
            idempotency_key: args.get("idempotencyKey").and_then(Value::as_str).map(str::to_owned),
            replayed,
            session_id: post.session.clone(),
            at_ms: now,
        });
        self.calls.len().saturating_sub(1)
    }
}

fn sent(args: &Value, sid: &str, legacy: bool) -> Payload {
    Payload::Result(tools::to_result(tools::sent(args, sid, legacy)))
}
