//! Whose turn is it: the handlers of an event, run one after the other, and the answer that follows.

use crate::model::event::{Event, Kind};
use crate::prelude::*;
use crate::wait::{Clock, within};

use super::dedupe::{Admitted, Deduper, Store, StoreFailure};
use super::parse::Source;
use super::receive::Webhook;
use super::verify::Reason;

/// What a handler is registered for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum On {
    /// Messages: of one channel, or of all.
    Message(Option<String>),
    /// What became of our messages.
    DeliveryReceipt,
    /// Changes of state.
    StatusUpdate,
    /// A workspace was verified.
    AccountVerified,
    /// Any other event about a workspace.
    AccountEvent,
    /// An event about a workspace by its name, `account.verified` included.
    Named(String),
    /// Our own messages, come back.
    Echo,
    /// Messages of ours that the server could not send.
    FailedOutbound,
    /// What no other kind covers, and account events that nobody else wants.
    Unknown,
    /// Every event, after its own handlers.
    Any,
    /// What handlers throw.
    Error,
}

impl On {
    /// By the word of an event's `type`; `filter` is the channel of a message or the name of an account event.
    #[must_use]
    pub fn named(kind: &str, filter: Option<String>) -> Option<Self> {
        Some(match (kind, filter) {
            ("message", channel) => Self::Message(channel),
            ("event", Some(name)) => Self::Named(name),
            ("delivery_receipt", None) => Self::DeliveryReceipt,
            ("status_update", None) => Self::StatusUpdate,
            ("account_verified", None) => Self::AccountVerified,
            ("account_event", None) => Self::AccountEvent,
            ("echo", None) => Self::Echo,
            ("failed_outbound", None) => Self::FailedOutbound,
            ("unknown", None) => Self::Unknown,
            ("any", None) => Self::Any,
            ("error", None) => Self::Error,
            _ => return None,
        })
    }
}

/// The handlers there are, by number.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    handlers: Vec<(u32, On)>,
    next: u32,
}

impl Registry {
    /// Adds a handler; its number is the same in every isolate that registers the same handlers in the same order.
    pub fn add(&mut self, on: On) -> u32 {
        let number = self.next;
        self.next = number.saturating_add(1);
        self.handlers.push((number, on));
        number
    }

    /// Takes a handler out.
    pub fn remove(&mut self, number: u32) {
        self.handlers.retain(|(known, _)| *known != number);
    }

    /// Whether anything is registered for this.
    #[must_use]
    pub fn has(&self, on: &On) -> bool {
        self.handlers.iter().any(|(_, known)| known == on)
    }

    /// The handlers of an event in the order they run: those for its channel or name, those for its kind, those for all;
    /// inside each, as registered.
    #[must_use]
    pub fn plan(&self, event: &Event) -> Vec<u32> {
        let general = match event.kind {
            Kind::Message => On::Message(None),
            Kind::Echo => On::Echo,
            Kind::FailedOutbound => On::FailedOutbound,
            Kind::DeliveryReceipt => On::DeliveryReceipt,
            Kind::StatusUpdate => On::StatusUpdate,
            Kind::AccountVerified => On::AccountVerified,
            Kind::AccountEvent => On::AccountEvent,
            Kind::Capabilities | Kind::Unknown => On::Unknown,
        };
        let special = match event.kind {
            Kind::Message => event.channel.clone().map(|channel| On::Message(Some(channel))),
            Kind::AccountVerified | Kind::AccountEvent => event.name.clone().map(On::Named),
            _ => None,
        };
        let mut plan = Vec::new();
        if let Some(special) = special {
            self.append(&special, &mut plan);
        }
        self.append(&general, &mut plan);
        if plan.is_empty() && event.kind == Kind::AccountEvent {
            self.append(&On::Unknown, &mut plan);
        }
        self.append(&On::Any, &mut plan);
        plan
    }

    fn append(&self, on: &On, plan: &mut Vec<u32>) {
        plan.extend(self.handlers.iter().filter(|(_, known)| known == on).map(|(number, _)| *number));
    }
}

/// The host's handlers.
pub trait Handlers {
    /// What a handler throws.
    type Error;
    /// Runs a handler for the event at this place.
    ///
    /// # Errors
    /// What it throws.
    fn call(
        &self,
        handler: u32,
        index: usize,
        event: &Event,
    ) -> impl Future<Output = Result<(), Self::Error>>;
    /// Tells an error handler what another one threw. What it throws itself is lost.
    fn failed(
        &self,
        handler: u32,
        index: usize,
        event: &Event,
        error: &Self::Error,
    ) -> impl Future<Output = ()>;
}

/// What became of the events.
#[derive(Debug)]
pub struct Report<E> {
    /// Whether there was something to handle: an envelope of WhatsApp, or an event that is not unknown.
    pub processed: bool,
    /// Messages.
    pub messages: usize,
    /// Receipts.
    pub receipts: usize,
    /// Everything else.
    pub others: usize,
    /// Events not handled because they were before.
    pub duplicates: usize,
    /// What handlers threw, with the place of the event.
    pub errors: Vec<(usize, E)>,
    /// Whether the handlers' deadline passed. What did not end in time failed.
    pub timed_out: bool,
    /// Places of the events that failed, in order.
    pub failed: Vec<usize>,
}

impl<E> Report<E> {
    /// Before anything ran.
    fn new(source: Source, events: &[Event]) -> Self {
        Self {
            processed: source == Source::Whatsapp
                || events.iter().any(|event| !matches!(event.kind, Kind::Unknown | Kind::Capabilities)),
            messages: 0,
            receipts: 0,
            others: 0,
            duplicates: 0,
            errors: Vec::new(),
            timed_out: false,
            failed: Vec::new(),
        }
    }
}

/// Runs the handlers of these events: one event after the other, one handler after the other. One that throws does not stop
/// the next. Remembers nothing.
pub async fn dispatch<H: Handlers>(
    source: Source,
    events: &[Event],
    chosen: &[usize],
    registry: &Registry,
    handlers: &H,
    clock: &impl Clock,
    timeout_ms: f64,
) -> Report<H::Error> {
    let mut report = Report::new(source, events);
    let until = clock.now_ms() + timeout_ms;
    for index in chosen {
        let index = *index;
        let Some(event) = events.get(index) else { continue };
        let count = match event.kind {
            Kind::Message => &mut report.messages,
            Kind::DeliveryReceipt => &mut report.receipts,
            _ => &mut report.others,
        };
        *count = count.saturating_add(1);
        let before = report.errors.len();
        let left = until - clock.now_ms();
        let ended = {
            let ran = async {
                for handler in registry.plan(event) {
                    if let Err(error) = handlers.call(handler, index, event).await {
                        for (number, on) in &registry.handlers {
                            if *on == On::Error {
                                handlers.failed(*number, index, event, &error).await;
                            }
                        }
                        report.errors.push((index, error));
                    }
                }
            };
            left > 0.0 && within(clock, left, ran).await.is_some()
        };
        report.timed_out |= !ended;
        if !ended || report.errors.len() > before {
            report.failed.push(index);
        }
    }
    report
}

/// What a host decides about handling.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Deadline of all handlers of one request, in milliseconds; the service waits 10 seconds.
    pub handlers_ms: f64,
    /// Whether a delivery counts as handled although a handler threw.
    pub accept_errors: bool,
}

/// What became of a webhook.
#[derive(Debug)]
pub struct Handled<E, S> {
    /// What became of its events.
    pub report: Report<E>,
    /// `None`: 200. Else the refusal that makes the sender come again.
    pub reason: Option<Reason>,
    /// What went wrong in the store, for the log.
    pub store: Option<StoreFailure<S>>,
}

/// Handles a webhook and answers afterwards: claims, runs, then completes what went well and releases what did not.
///
/// 503 while something in it is being handled elsewhere; 500 when a handler failed (unless that is accepted) or when the store
/// failed before anything ran. When only the last word to the store is lost, what was handled stays handled: 200.
pub async fn handle<H: Handlers, S: Store, C: Clock>(
    webhook: &Webhook,
    registry: &Registry,
    handlers: &H,
    deduper: Option<&Deduper<'_, S, C>>,
    policy: Policy,
    clock: &impl Clock,
) -> Handled<H::Error, S::Error> {
    let admitted = match deduper {
        None => Admitted::all(webhook),
        Some(deduper) => match deduper.admit(webhook).await {
            Ok(admitted) => admitted,
            Err(failure) => {
                let report = Report::new(webhook.source, &webhook.events);
                return Handled { report, reason: Some(Reason::HandlerFailed), store: Some(failure) };
            }
        },
    };
    let report = run(webhook, &admitted, registry, handlers, policy, clock).await;
    let failed = if policy.accept_errors { &[] } else { report.failed.as_slice() };
    let store = match deduper {
        Some(deduper) => deduper.settle(&admitted, failed).await.err(),
        None => None,
    };
    let reason = if !failed.is_empty() {
        Some(Reason::HandlerFailed)
    } else if admitted.busy {
        Some(Reason::Busy)
    } else {
        None
    };
    Handled { report, reason, store }
}

/// The first half of answering before handling: claims everything and marks it as handled at once. The sender will not come
/// again, so that what fails in [`run`] afterwards is lost: at most once.
///
/// # Errors
/// [`StoreFailure`]: nothing may run, the sender should come again.
pub async fn admit_at_most_once<S: Store, C: Clock>(
    webhook: &Webhook,
    deduper: Option<&Deduper<'_, S, C>>,
) -> Result<Admitted, StoreFailure<S::Error>> {
    let Some(deduper) = deduper else { return Ok(Admitted::all(webhook)) };
    let admitted = deduper.admit(webhook).await?;
    deduper.settle(&admitted, &[]).await?;
    Ok(admitted)
}

/// Runs the handlers of what was admitted.
pub async fn run<H: Handlers>(
    webhook: &Webhook,
    admitted: &Admitted,
    registry: &Registry,
    handlers: &H,
    policy: Policy,
    clock: &impl Clock,
) -> Report<H::Error> {
    let chosen: Vec<usize> = admitted.events.iter().map(|(index, _)| *index).collect();
    let mut report =
        dispatch(webhook.source, &webhook.events, &chosen, registry, handlers, clock, policy.handlers_ms)
            .await;
    report.duplicates = admitted.duplicates;
    report
}
