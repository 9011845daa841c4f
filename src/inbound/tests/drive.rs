//! What a host does around the machines, natively: it waits for bodies, lookups, stores and handlers, and decides nothing.

use std::cell::RefCell;

use crate::inbound::dedupe::{self, Claim, Patience};
use crate::inbound::dispatch::{Policy, Registry};
use crate::inbound::handling::{Action, Handling, Input};
use crate::inbound::hint::hint;
use crate::inbound::parse::Source;
use crate::inbound::receive::{Gathered, Incoming, Received, Refusal, Settings, Webhook, Which, begin, end};
use crate::inbound::tests::wait::{Body, read_body};
use crate::inbound::tests::wait::{Clock, Either, race};
use crate::inbound::verify::Reason;
use crate::model::event::Event;
use crate::secret::Secret;

/// The future's value, or `None` when `ms` milliseconds passed first and it was dropped.
pub(crate) async fn within<T>(clock: &impl Clock, ms: f64, future: impl Future<Output = T>) -> Option<T> {
    match race(future, clock.sleep(ms)).await {
        Either::Left(value) => Some(value),
        Either::Right(()) => None,
    }
}

/// Where secrets come from.
pub(crate) trait SecretSource {
    type Error;
    fn configured(&self, which: Which) -> bool;
    fn by_hint(&self, which: Which) -> bool;
    fn find(&self, which: Which, hint: &str) -> impl Future<Output = Result<Vec<Secret>, Self::Error>>;
}

/// Receives a request: reads the body once and not beyond the limit, then asks for the secret, with one deadline for both.
pub(crate) async fn receive<S: SecretSource>(
    incoming: &Incoming<'_>,
    body: &mut impl Body,
    secrets: &S,
    settings: &Settings,
    clock: &impl Clock,
) -> Result<Received, S::Error> {
    let configured = [Which::Webhook, Which::Whatsapp, Which::VerifyToken, Which::CallbackToken]
        .map(|which| secrets.configured(which));
    let plan = match begin(incoming, configured, settings) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Received::Refused(refusal)),
    };
    let gather = async {
        let mut gathered = Gathered::default();
        if let Some(limit) = plan.limit {
            match read_body(body, limit).await {
                Ok((_, true)) => return Ok(Err(plan.too_large())),
                Ok((bytes, false)) => gathered.bytes = bytes,
                Err(_) => return Ok(Err(plan.too_slow())),
            }
        }
        if let Some(which) = plan.which {
            let hint = match secrets.by_hint(which) {
                true => hint(incoming.bd_event, &gathered.bytes, settings.max_depth),
                false => "{}".to_owned(),
            };
            gathered.secrets = secrets.find(which, &hint).await?;
        }
        Ok::<Result<Gathered, Refusal>, S::Error>(Ok(gathered))
    };
    let gathered = within(clock, settings.timeout_ms, gather).await.unwrap_or(Ok(Err(plan.too_slow())))?;
    let now_s = settings.now_s.unwrap_or_else(|| clock.now_ms() / 1000.0);
    Ok(match gathered {
        Ok(gathered) => end(incoming, &plan, gathered, settings, now_s),
        Err(refusal) => Received::Refused(refusal),
    })
}

/// Remembers what was handled.
pub(crate) trait Store {
    type Error;
    fn claim(&self, key: &str, lease_ms: f64) -> impl Future<Output = Result<Claim, Self::Error>>;
    fn complete(&self, key: &str, ttl_ms: f64) -> impl Future<Output = Result<(), Self::Error>>;
    fn release(&self, key: &str) -> impl Future<Output = Result<(), Self::Error>>;
}

/// Handlers.
pub(crate) trait Handlers {
    type Error;
    fn call(
        &self,
        handler: u32,
        index: usize,
        event: &Event,
    ) -> impl Future<Output = Result<(), Self::Error>>;
    /// What it throws itself is lost.
    fn failed(
        &self,
        handler: u32,
        index: usize,
        event: &Event,
        error: &Self::Error,
    ) -> impl Future<Output = ()>;
}

/// Why a store did not answer, with what it threw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreFailure<E> {
    Failed(E),
    TimedOut,
}

/// The machine's report, with what handlers threw and the place of the event.
#[derive(Debug)]
pub(crate) struct Report<E> {
    pub(crate) processed: bool,
    pub(crate) messages: usize,
    pub(crate) receipts: usize,
    pub(crate) others: usize,
    pub(crate) duplicates: usize,
    pub(crate) errors: Vec<(usize, E)>,
    pub(crate) timed_out: bool,
    pub(crate) failed: Vec<usize>,
}

/// What became of a webhook.
#[derive(Debug)]
pub(crate) struct Handled<E, S> {
    pub(crate) report: Report<E>,
    pub(crate) reason: Option<Reason>,
    pub(crate) store: Option<StoreFailure<S>>,
}

/// A store with deadlines.
pub(crate) struct Deduper<'a, S, C> {
    pub(crate) store: &'a S,
    pub(crate) clock: &'a C,
    pub(crate) patience: Patience,
}

/// What a store says with its first failure, if it had one.
struct Verbs<'a, 'b, S: Store, C> {
    deduper: Option<&'b Deduper<'a, S, C>>,
    thrown: RefCell<Option<S::Error>>,
}

impl<'a, 'b, S: Store, C: Clock> Verbs<'a, 'b, S, C> {
    fn new(deduper: Option<&'b Deduper<'a, S, C>>) -> Self {
        Self { deduper, thrown: RefCell::new(None) }
    }

    /// Does what the machine says with the store, `None` for everything else.
    async fn act(&self, action: &Action) -> Option<Input> {
        let Deduper { store, clock, .. } = self.deduper?;
        let ended = match action {
            Action::Claim { key, lease_ms, timeout_ms } => {
                let claiming = async { Ok(Input::Claimed(store.claim(key, *lease_ms).await?)) };
                within(*clock, *timeout_ms, claiming).await
            }
            Action::Complete { key, ttl_ms, timeout_ms } => {
                let completing = async { store.complete(key, *ttl_ms).await.map(|()| Input::Done) };
                within(*clock, *timeout_ms, completing).await
            }
            Action::Release { key, timeout_ms } => {
                let releasing = async { store.release(key).await.map(|()| Input::Done) };
                within(*clock, *timeout_ms, releasing).await
            }
            _ => return None,
        };
        Some(match ended {
            Some(Ok(input)) => input,
            Some(Err(thrown)) => {
                self.thrown.borrow_mut().get_or_insert(thrown);
                Input::Threw
            }
            None => Input::TimedOut,
        })
    }

    fn failure(&self, failure: Option<dedupe::StoreFailure>) -> Option<StoreFailure<S::Error>> {
        Some(match failure? {
            dedupe::StoreFailure::Failed => StoreFailure::Failed(self.thrown.borrow_mut().take().unwrap()),
            dedupe::StoreFailure::TimedOut => StoreFailure::TimedOut,
        })
    }
}

/// Drives a machine until it answers, or to its end.
async fn drive<H: Handlers, S: Store, C: Clock>(
    handling: &mut Handling,
    input: Input,
    events: &[Event],
    handlers: &H,
    verbs: &Verbs<'_, '_, S, C>,
    clock: &impl Clock,
) -> Handled<H::Error, S::Error> {
    let (mut input, mut reason, mut thrown) = (input, None, Vec::new());
    loop {
        let action = handling.next(input, clock.now_ms());
        if let Some(heard) = verbs.act(&action).await {
            input = heard;
            continue;
        }
        input = match action {
            Action::Call { handler, index, timeout_ms } => {
                match within(clock, timeout_ms, handlers.call(handler, index, &events[index])).await {
                    Some(Ok(())) => Input::Done,
                    Some(Err(error)) => {
                        thrown.push(Some((index, error)));
                        Input::Threw
                    }
                    None => Input::TimedOut,
                }
            }
            Action::Tell { handler, index, timeout_ms } => {
                let (_, error) = thrown.last().unwrap().as_ref().unwrap();
                let telling = handlers.failed(handler, index, &events[index], error);
                match within(clock, timeout_ms, telling).await {
                    Some(()) => Input::Done,
                    None => Input::TimedOut,
                }
            }
            Action::Reply(said) => {
                reason = said;
                Input::Done
            }
            Action::End(report) => {
                let errors = report.errors.iter().map(|place| thrown[*place].take().unwrap()).collect();
                let shown = Report {
                    processed: report.processed,
                    messages: report.messages,
                    receipts: report.receipts,
                    others: report.others,
                    duplicates: report.duplicates,
                    errors,
                    timed_out: report.timed_out,
                    failed: handling.failed_places(),
                };
                return Handled { report: shown, reason, store: verbs.failure(report.store) };
            }
            Action::Claim { .. } | Action::Complete { .. } | Action::Release { .. } => {
                panic!("nobody remembers: {action:?}")
            }
        };
    }
}

/// A store that is never asked.
struct Nowhere;

impl Store for Nowhere {
    type Error = ();
    async fn claim(&self, _: &str, _: f64) -> Result<Claim, ()> {
        Err(())
    }
    async fn complete(&self, _: &str, _: f64) -> Result<(), ()> {
        Err(())
    }
    async fn release(&self, _: &str) -> Result<(), ()> {
        Err(())
    }
}

/// Runs the handlers of these events.
pub(crate) async fn dispatch<H: Handlers>(
    source: Source,
    events: &[Event],
    registry: &Registry,
    handlers: &H,
    clock: &impl Clock,
    timeout_ms: f64,
) -> Report<H::Error> {
    let policy = Policy { handlers_ms: timeout_ms, accept_errors: false };
    let mut handling = Handling::of_events(source, events, registry, policy);
    let verbs: Verbs<'_, '_, Nowhere, super::host::VirtualClock> = Verbs::new(None);
    drive(&mut handling, Input::Start, events, handlers, &verbs, clock).await.report
}

/// Handles a webhook and answers afterwards.
pub(crate) async fn handle<H: Handlers, S: Store, C: Clock>(
    webhook: &Webhook,
    registry: &Registry,
    handlers: &H,
    deduper: Option<&Deduper<'_, S, C>>,
    policy: Policy,
    clock: &impl Clock,
) -> Handled<H::Error, S::Error> {
    let patience = deduper.map_or_else(Patience::default, |deduper| deduper.patience);
    let mut handling = Handling::new(webhook, registry, policy, patience, false);
    if deduper.is_none() {
        handling.forget();
    }
    drive(&mut handling, Input::Start, &webhook.events, handlers, &Verbs::new(deduper), clock).await
}

/// A webhook that was admitted, and what its machine wants next.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// Events to handle, by place in the webhook.
    pub(crate) events: Vec<usize>,
    /// What was answered, if anything yet.
    pub(crate) reply: Option<Option<Reason>>,
    handling: Handling,
}

impl<S: Store, C: Clock> Deduper<'_, S, C> {
    /// Claims what a webhook brings, and stops there.
    pub(crate) async fn admit(&self, webhook: &Webhook) -> Result<Admitted, StoreFailure<S::Error>> {
        let policy = Policy { handlers_ms: 9000.0, accept_errors: false };
        // With a handler, the machine stops before it.
        let registry = Registry::of_lines("any\n".to_owned());
        self.begin(Handling::new(webhook, &registry, policy, self.patience, false)).await
    }

    async fn begin(&self, mut handling: Handling) -> Result<Admitted, StoreFailure<S::Error>> {
        let verbs = Verbs::new(Some(self));
        let mut action = handling.next(Input::Start, self.clock.now_ms());
        while let Some(input) = verbs.act(&action).await {
            action = handling.next(input, self.clock.now_ms());
        }
        match verbs.failure(handling.store_failure()) {
            Some(failure) => Err(failure),
            None => {
                let reply = if let Action::Reply(reason) = action { Some(reason) } else { None };
                Ok(Admitted { events: handling.admitted_places(), reply, handling })
            }
        }
    }
}

/// The first half of answering before handling: claims everything and marks it as handled at once.
pub(crate) async fn admit_at_most_once<S: Store, C: Clock>(
    webhook: &Webhook,
    registry: &Registry,
    deduper: &Deduper<'_, S, C>,
    policy: Policy,
) -> Result<Admitted, StoreFailure<S::Error>> {
    deduper.begin(Handling::new(webhook, registry, policy, deduper.patience, true)).await
}

/// Runs the handlers of what was admitted and answered.
pub(crate) async fn run<H: Handlers>(
    webhook: &Webhook,
    admitted: &mut Admitted,
    handlers: &H,
    clock: &impl Clock,
) -> Report<H::Error> {
    let verbs: Verbs<'_, '_, Nowhere, super::host::VirtualClock> = Verbs::new(None);
    let handling = &mut admitted.handling;
    drive(handling, Input::Done, &webhook.events, handlers, &verbs, clock).await.report
}
