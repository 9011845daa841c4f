//! A genuine webhook on its way: claimed, handled, settled, answered. A machine that says one thing to do at a time and is
//! told how it went; the host calls the store and the handlers, keeps what they throw, and watches the time.

use crate::model::event::{Event, Kind};
use crate::prelude::*;
use core::ops::Range;

use super::dedupe::{Claim, Patience, StoreFailure};
use super::dispatch::{Policy, Registry, Report};
use super::keys::keys;
use super::parse::Source;
use super::receive::Webhook;
use super::verify::Reason;

/// How the last action went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// There was none yet.
    Start,
    /// What the store says to a claim.
    Claimed(Claim),
    /// Well.
    Done,
    /// It threw, or the store answered a claim with no word of its own.
    Threw,
    /// It did not end in time, and is not waited for any more.
    TimedOut,
}

/// What to do next. Times are in milliseconds; `timeout_ms` is from now on.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Claims a key of the store.
    Claim {
        /// The key.
        key: String,
        /// For how long, if nobody ends it.
        lease_ms: f64,
        /// Its deadline.
        timeout_ms: f64,
    },
    /// Tells the store that a key was handled.
    Complete {
        /// The key.
        key: String,
        /// How long that counts.
        ttl_ms: f64,
        /// Its deadline.
        timeout_ms: f64,
    },
    /// Tells the store that a key was not handled.
    Release {
        /// The key.
        key: String,
        /// Its deadline.
        timeout_ms: f64,
    },
    /// Runs a handler.
    Call {
        /// Its number.
        handler: u32,
        /// The event's place.
        index: usize,
        /// What is left of the handlers' time.
        timeout_ms: f64,
    },
    /// Tells an error handler what the last call threw. What it throws itself is lost.
    Tell {
        /// Its number.
        handler: u32,
        /// The event's place.
        index: usize,
        /// What is left of the handlers' time.
        timeout_ms: f64,
    },
    /// The answer, see [`super::receive::Reply::handled`]. More may follow.
    Reply(Option<Reason>),
    /// Nothing is left to do.
    End(Report),
}

/// When it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Not at all.
    Never,
    /// Before the handlers run: what fails then is lost.
    Before,
    /// Afterwards.
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Claims the keys.
    Admit,
    /// Releases them, because the delivery is not ours to handle.
    BackOff,
    /// Releases them, because the store failed.
    GiveUp,
    /// Completes them before anything ran.
    Mark,
    /// Completes those that were handled, and releases the rest.
    Settle,
    /// Runs handlers.
    Run,
    /// Is over.
    End,
}

/// An event, and where its handlers stand in the plan.
#[derive(Debug)]
struct Turn {
    kind: Kind,
    plan: Range<usize>,
    /// Whether it is ours to handle.
    admitted: bool,
    failed: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Handling {
    turns: Vec<Turn>,
    /// The handlers of all events.
    plan: Vec<u32>,
    /// Who is told what handlers throw.
    tells: Vec<u32>,
    /// Either all for the delivery, or one for each event. What is not claimed is taken out, except behind `at`.
    keys: Vec<Option<String>>,
    for_all: bool,
    ttl_ms: f64,
    policy: Policy,
    patience: Patience,
    answer: Answer,
    step: Step,
    /// The place among the keys, or the events.
    at: usize,
    /// What is left of the event's plan; `None` before its turn.
    left: Option<Range<usize>>,
    /// How many were told what the last call threw; `None` if it did not.
    told: Option<usize>,
    /// How many calls threw.
    thrown: usize,
    /// When the handlers' time is up.
    until_ms: Option<f64>,
    busy: bool,
    report: Report,
}

impl Handling {
    /// Handles a webhook once. 503 while something in it is being handled elsewhere; 500 when a handler failed (unless that
    /// is accepted) or when the store failed before anything ran. When only the last word to the store is lost, what was
    /// handled stays handled: 200.
    ///
    /// With `ack_before` everything is claimed and marked as handled at once, then answered, then run. The sender will not
    /// come again, so that what fails is lost: at most once.
    #[must_use]
    pub fn new(
        webhook: &Webhook,
        registry: &Registry,
        policy: Policy,
        patience: Patience,
        ack_before: bool,
    ) -> Self {
        let answer = if ack_before { Answer::Before } else { Answer::After };
        Self::with(webhook.source, &webhook.events, registry, policy, patience, answer, keys(webhook))
    }

    /// Runs the handlers of these events. Remembers nothing and answers nothing.
    #[must_use]
    pub fn of_events(source: Source, events: &[Event], registry: &Registry, policy: Policy) -> Self {
        let nothing = (false, Vec::new(), 0.0);
        Self::with(source, events, registry, policy, Patience::default(), Answer::Never, nothing)
    }

    #[inline(never)]
    fn with(
        source: Source,
        events: &[Event],
        registry: &Registry,
        policy: Policy,
        patience: Patience,
        answer: Answer,
        (for_all, keys, ttl_ms): (bool, Vec<Option<String>>, f64),
    ) -> Self {
        let mut report = Report { processed: source == Source::Whatsapp, ..Report::default() };
        let (mut turns, mut plan, mut tells) = (Vec::with_capacity(events.len()), Vec::new(), Vec::new());
        for event in events {
            let from = plan.len();
            registry.plan_into(event, &mut plan);
            if event.kind == Kind::Unknown && plan.len() == from {
                report.unhandled = report.unhandled.saturating_add(1);
            }
            report.processed |= !matches!(event.kind, Kind::Unknown | Kind::Capabilities);
            turns.push(Turn { kind: event.kind, plan: from..plan.len(), admitted: true, failed: false });
        }
        registry.append("error", &mut tells);
        report.log_errors = tells.is_empty();
        let step = if answer == Answer::Never { Step::Run } else { Step::Admit };
        let (left, told, until_ms) = (None, None, None);
        Self {
            turns,
            plan,
            tells,
            keys,
            for_all,
            ttl_ms,
            policy,
            patience,
            answer,
            step,
            at: 0,
            left,
            told,
            thrown: 0,
            until_ms,
            busy: false,
            report,
        }
    }

    /// Hears how the last action went, and says what is next. The first time counts as the time of the request.
    pub fn next(&mut self, input: Input, now_ms: f64) -> Action {
        let left_ms = *self.until_ms.get_or_insert(now_ms + self.policy.handlers_ms) - now_ms;
        match self.step {
            Step::Run => self.ran(input),
            Step::Admit => self.claimed(input),
            _ => self.note(input),
        }
        loop {
            let action = match self.step {
                Step::Run => self.run(left_ms),
                Step::End => Some(self.end()),
                _ => self.ask(left_ms),
            };
            if let Some(action) = action {
                return action;
            }
        }
    }

    fn go(&mut self, step: Step) {
        (self.step, self.at) = (step, 0);
    }

    /// The first failure of the store counts.
    fn note(&mut self, input: Input) {
        let failure = match input {
            Input::Threw => StoreFailure::Failed,
            Input::TimedOut => StoreFailure::TimedOut,
            Input::Start | Input::Claimed(_) | Input::Done => return,
        };
        self.report.store.get_or_insert(failure);
    }

    /// Hears what the store says to a claim.
    fn claimed(&mut self, input: Input) {
        match input {
            Input::Start => {}
            Input::Claimed(Claim::New) => self.at = self.at.saturating_add(1),
            Input::Claimed(claim) => {
                let done = claim == Claim::Done;
                self.busy |= !done;
                if !self.for_all {
                    return self.skip(done);
                }
                for turn in &mut self.turns {
                    turn.admitted = false;
                }
                self.report.duplicates = if done { self.turns.len() } else { 0 };
                self.keys.truncate(self.at);
                self.go(Step::BackOff);
            }
            Input::Done | Input::Threw | Input::TimedOut => {
                // No answer is no claim either.
                self.note(if input == Input::TimedOut { input } else { Input::Threw });
                self.keys.truncate(self.at);
                self.go(Step::GiveUp);
            }
        }
    }

    /// The event is not ours to handle.
    fn skip(&mut self, done: bool) {
        if let (Some(turn), Some(key)) = (self.turns.get_mut(self.at), self.keys.get_mut(self.at)) {
            turn.admitted = false;
            *key = None;
        }
        self.report.duplicates = self.report.duplicates.saturating_add(usize::from(done));
        self.at = self.at.saturating_add(1);
    }

    /// Claims the keys, or ends the claims, one after the other. Of a whole delivery one failed event releases all.
    fn ask(&mut self, left_ms: f64) -> Option<Action> {
        let mut timeout_ms = self.patience.store_ms;
        if self.step == Step::Admit {
            // Whoever waits for the answer does not wait longer for many keys than for one.
            timeout_ms = timeout_ms.min(left_ms.max(0.0));
        }
        while let Some(key) = self.keys.get(self.at) {
            let at = self.at;
            // The same event twice in one delivery would wait for itself.
            if self.step == Step::Admit
                && key.is_some()
                && self.keys.iter().take(at).any(|known| known == key)
            {
                self.skip(true);
                continue;
            }
            let Some(key) = key.clone() else {
                self.at = at.saturating_add(1);
                continue;
            };
            if self.step == Step::Admit {
                return Some(Action::Claim { key, lease_ms: self.patience.lease_ms, timeout_ms });
            }
            self.at = at.saturating_add(1);
            let failed = match self.step {
                Step::Mark => false,
                Step::Settle if self.for_all => self.failed(),
                Step::Settle => {
                    !self.policy.accept_errors && self.turns.get(at).is_some_and(|turn| turn.failed)
                }
                _ => true,
            };
            return Some(match failed {
                true => Action::Release { key, timeout_ms },
                false => Action::Complete { key, ttl_ms: self.ttl_ms, timeout_ms },
            });
        }
        match self.step {
            Step::BackOff if self.report.store.is_some() => {
                self.go(Step::GiveUp);
                return None;
            }
            Step::BackOff => self.keys.clear(),
            Step::Admit => {}
            _ => return Some(self.reply()),
        }
        self.go(if self.answer == Answer::Before { Step::Mark } else { Step::Run });
        None
    }

    /// Whether an event failed, where that matters.
    fn failed(&self) -> bool {
        !self.policy.accept_errors && self.turns.iter().any(|turn| turn.failed)
    }

    fn reply(&mut self) -> Action {
        let nothing_ran = self.step != Step::Settle;
        let store_failed = nothing_ran && self.report.store.is_some();
        if store_failed {
            self.report.duplicates = 0;
        }
        self.go(if nothing_ran && !store_failed { Step::Run } else { Step::End });
        Action::Reply(if store_failed || self.failed() {
            Some(Reason::HandlerFailed)
        } else if self.busy {
            Some(Reason::Busy)
        } else {
            None
        })
    }

    /// Hears how a handler ended.
    fn ran(&mut self, input: Input) {
        let Some(turn) = self.turns.get_mut(self.at).filter(|_| self.left.is_some()) else { return };
        match (input, self.told) {
            (Input::TimedOut, _) => {
                turn.failed = true;
                self.report.timed_out = true;
                self.end_turn();
            }
            (Input::Threw, None) => {
                turn.failed = true;
                self.thrown = self.thrown.saturating_add(1);
                self.told = Some(0);
            }
            _ => {}
        }
    }

    fn end_turn(&mut self) {
        (self.left, self.told) = (None, None);
        self.at = self.at.saturating_add(1);
    }

    /// One event after the other, one handler after the other. One that throws does not stop the next; when their time is up,
    /// the rest fails unseen.
    fn run(&mut self, left_ms: f64) -> Option<Action> {
        let (index, timeout_ms) = (self.at, left_ms.max(0.0));
        let Some(turn) = self.turns.get_mut(index) else {
            self.go(if self.answer == Answer::After { Step::Settle } else { Step::End });
            return None;
        };
        let Some(left) = &mut self.left else {
            if turn.admitted {
                let count = match turn.kind {
                    Kind::Message => &mut self.report.messages,
                    Kind::DeliveryReceipt => &mut self.report.receipts,
                    _ => &mut self.report.others,
                };
                *count = count.saturating_add(1);
                if left_ms > 0.0 && !self.report.timed_out {
                    self.left = Some(turn.plan.clone());
                    return None;
                }
                turn.failed = true;
                self.report.timed_out = true;
            }
            self.end_turn();
            return None;
        };
        if let Some(told) = self.told {
            if let Some(handler) = self.tells.get(told).copied() {
                self.told = Some(told.saturating_add(1));
                return Some(Action::Tell { handler, index, timeout_ms });
            }
            self.report.errors.push(self.thrown.saturating_sub(1));
            self.told = None;
        }
        if let Some(handler) = left.next().and_then(|place| self.plan.get(place).copied()) {
            return Some(Action::Call { handler, index, timeout_ms });
        }
        self.end_turn();
        None
    }

    fn end(&mut self) -> Action {
        let mut report = core::mem::take(&mut self.report);
        report.log_timed_out = report.timed_out && self.answer == Answer::After;
        if self.answer == Answer::Before && report.store.is_some() {
            report.unhandled = 0;
        }
        Action::End(report)
    }
}

/// For a host that remembers nothing, and for a look inside.
#[cfg(test)]
impl Handling {
    pub(super) fn forget(&mut self) {
        self.keys.clear();
    }

    pub(super) fn store_failure(&self) -> Option<StoreFailure> {
        self.report.store
    }

    pub(super) fn admitted_places(&self) -> Vec<usize> {
        (0..self.turns.len()).filter(|place| self.turns[*place].admitted).collect()
    }

    pub(super) fn failed_places(&self) -> Vec<usize> {
        (0..self.turns.len()).filter(|place| self.turns[*place].failed).collect()
    }
}

#[cfg(test)]
mod tests;
