//! A webhook on its way through the handlers: the machine of `inbound::handling`, for `js/inbound.js`.

use crate::bind::args::Args;
use crate::bind::webhooks::{count, depth, describe, ms, received, reply};
use crate::inbound::dedupe::{Claim, Patience};
use crate::inbound::dispatch::{Policy, Registry, Report};
use crate::inbound::handling::{self, Action, Input};
use crate::inbound::keys::event_key;
use crate::inbound::parse::{Source, parse_inbound};
use crate::inbound::receive::{Received, Reply};
use crate::json::Writer;
use crate::model::event;
use crate::prelude::*;

/// A webhook and its handlers.
pub(crate) struct Handling {
    machine: Option<handling::Handling>,
    /// What it is, until JavaScript takes it.
    received: String,
}

impl Handling {
    /// The kind of each handler and a line feed; flags (`a` accepts errors, `b` answers before); the handlers' deadline. Then a
    /// request as `received` takes it, or a payload that somebody else received: how deep it may nest, and whether it is
    /// WhatsApp's.
    pub(crate) fn new(
        name: &str,
        args: &mut Args<'_>,
        bytes: Vec<u8>,
        now_ms: f64,
        tolerance_s: f64,
    ) -> Self {
        let registry = Registry::of_lines(args.chars());
        let flags = args.chars();
        let has = |flag: u8| flags.bytes().any(|known| known == flag);
        let before = has(b'b');
        let policy = Policy::of(Some(args.number()).filter(|ms| !ms.is_nan()), has(b'a'), before);
        let mut out = Writer::new();
        out.object();
        let machine = if name == "\"payload\"" {
            let (max_depth, whatsapp) = (depth(args), args.next().bool() == Some(true));
            let known = if whatsapp { Source::Whatsapp } else { Source::Callback };
            let (source, events) = parse_inbound(&bytes, max_depth, Some(known));
            out.key("events").raw(&event::to_json(&events)).key("eventKeys").array();
            for event in &events {
                out.string_or_null(event.identity.as_deref());
            }
            out.end_array();
            Some(handling::Handling::of_events(source, &events, &registry, policy))
        } else {
            let received = received(args, bytes, now_ms, tolerance_s);
            describe(&received, &mut out);
            match &received {
                Received::Webhook(webhook) => {
                    out.key("eventKeys").array();
                    for index in 0..webhook.events.len() {
                        out.string(&event_key(webhook, index));
                    }
                    out.end_array();
                    let patience = Patience::with(policy);
                    Some(handling::Handling::new(webhook, &registry, policy, patience, before))
                }
                _ => None,
            }
        };
        out.end_object();
        Self { machine, received: out.finish() }
    }

    /// First: what `receiveWebhook` says of it, and `eventKeys`. Then, with how the last action went: what is next, the name of a method of `js/inbound.js` and its arguments, a deadline in milliseconds last.
    pub(crate) fn ask(&mut self, args: &mut Args<'_>, now_ms: f64, out: &mut Writer) {
        if !self.received.is_empty() {
            out.raw(&core::mem::take(&mut self.received));
            return;
        }
        let input = match args.count() {
            0 => Input::Start,
            1 => Input::Claimed(Claim::New),
            2 => Input::Claimed(Claim::Busy),
            3 => Input::Claimed(Claim::Done),
            4 => Input::Done,
            5 => Input::Threw,
            _ => Input::TimedOut,
        };
        let action = match &mut self.machine {
            Some(machine) => machine.next(input, now_ms),
            None => Action::End(Report::default()),
        };
        match &action {
            Action::Claim { key, lease_ms, timeout_ms } => {
                out.string("claim").string(key).integer(ms(*lease_ms)).integer(ms(*timeout_ms));
            }
            Action::Complete { key, ttl_ms, timeout_ms } => {
                out.string("complete").string(key).integer(ms(*ttl_ms)).integer(ms(*timeout_ms));
            }
            Action::Release { key, timeout_ms } => {
                out.string("release").string(key).integer(ms(*timeout_ms));
            }
            Action::Call { handler, index, timeout_ms } => turn(out, "call", *handler, *index, *timeout_ms),
            Action::Tell { handler, index, timeout_ms } => turn(out, "tell", *handler, *index, *timeout_ms),
            Action::Reply(reason) => reply(&Reply::handled(*reason), out.string("reply")),
            Action::End(report) => of_report(out.string("end"), report),
        }
    }
}

fn turn(out: &mut Writer, name: &str, handler: u32, index: usize, timeout_ms: f64) {
    out.string(name).integer(handler.into()).integer(count(index)).integer(ms(timeout_ms));
}

/// The `DispatchReport` of the declarations, and what the log is told.
fn of_report(out: &mut Writer, report: &Report) {
    out.object().key("status").string(if report.processed { "processed" } else { "ignored" });
    for (name, number) in [
        ("messages", report.messages),
        ("receipts", report.receipts),
        ("others", report.others),
        ("duplicates", report.duplicates),
        ("unhandled", report.unhandled),
    ] {
        out.key(name).integer(count(number));
    }
    out.key("errors").array();
    for number in &report.errors {
        out.integer(count(*number));
    }
    out.end_array().key("timedOut").bool(report.log_timed_out).key("late").bool(report.timed_out);
    out.key("errorsUnseen").bool(report.log_errors);
    out.end_object();
}
